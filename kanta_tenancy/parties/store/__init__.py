"""The parties in PostgreSQL: the only modules that read `sql/queries/parties/`."""
