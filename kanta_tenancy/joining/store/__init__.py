"""Applications and change notices in PostgreSQL."""
