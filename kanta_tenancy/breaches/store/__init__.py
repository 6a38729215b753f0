"""Reports, breaches, what was said of them and help with them, in PostgreSQL."""
