"""A new model agreement to many tenants at once: who gets an offer when, what differs, and how far it has come."""
