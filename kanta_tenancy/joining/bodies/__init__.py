"""Dealings with Kela as the API shows and takes them."""
