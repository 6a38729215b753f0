"""Systems, certificates and deployments in PostgreSQL."""
