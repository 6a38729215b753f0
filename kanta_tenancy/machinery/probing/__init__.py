"""Servers asked for the certificates that they serve, whatever these are worth, and what is to be said of them."""
