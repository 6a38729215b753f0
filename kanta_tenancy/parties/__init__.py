"""Organisations, tenancies, contacts, evidence that they are registered, and who holds a key."""
