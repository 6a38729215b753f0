"""Signing with a key that is elsewhere: what is to be signed is handed out, its value is taken back (clause 21)."""
