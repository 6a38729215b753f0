"""Agreements that were signed before this system, from a file: read, each row examined, and only then written."""
