"""Chains, lines of renewals and what authorities said, in PostgreSQL."""
