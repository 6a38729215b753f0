"""Agreements that were signed before this system, one by one or from a file."""
