"""Agreements before anyone signs them: drafted, offered, withdrawn (clauses 1 and 21)."""
