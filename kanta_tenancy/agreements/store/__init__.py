"""Agreements and amendments in PostgreSQL; what happens to them has a store of its own beside its rules."""
