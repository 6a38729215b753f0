"""Certificates of the inventory and their sources, as the API shows and takes them."""
