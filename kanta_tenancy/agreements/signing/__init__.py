"""Signing what was offered, until the agreement is in force (clause 21)."""
