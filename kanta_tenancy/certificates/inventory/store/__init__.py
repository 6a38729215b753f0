"""The inventory in PostgreSQL."""
