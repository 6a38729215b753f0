"""Systems, certificates and deployments as the API shows and takes them."""
