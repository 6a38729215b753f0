"""The Kanta services, laws and registers by name on a day (clause 1, Annex 1)."""
