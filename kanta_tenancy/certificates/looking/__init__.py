"""Certificates in files and on servers, looked at without a service or a database, and held against a profile."""
