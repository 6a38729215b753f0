"""What the watch keeps in PostgreSQL."""
