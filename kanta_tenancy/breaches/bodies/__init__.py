"""Breaches as the API shows and takes them."""
