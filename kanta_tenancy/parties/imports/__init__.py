"""Parties from a CSV or JSON file: read, each row examined, compared with the realm, and only then written."""
