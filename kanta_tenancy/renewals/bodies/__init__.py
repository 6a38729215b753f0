"""Renewal requests, units and prescribers as the API shows and takes them."""
