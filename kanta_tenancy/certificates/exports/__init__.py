"""The inventory of certificates for other programs: as tables, as data, as figures, and in calendars (K7)."""
