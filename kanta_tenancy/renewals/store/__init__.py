"""Renewal requests, and who handles them, in PostgreSQL."""
