"""Agreements, and what happens to them, in PostgreSQL: the only modules that read `sql/queries/agreements/`."""
