"""A tenancy as of a day, and what will fall due."""
