"""Annex 1 over time: amendments, and which services hold on a day (K1.3)."""
