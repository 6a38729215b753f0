"""Disturbances: reported, assessed, and told to whom the agreement and the law say (clauses 4.1 and 4.2)."""
