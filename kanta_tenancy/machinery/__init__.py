"""How things are done, never why: no word of the trade is known here."""
