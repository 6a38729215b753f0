"""What people put down of an agreement in force, in PostgreSQL."""
