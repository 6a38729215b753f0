"""Warnings and digests in PostgreSQL."""
