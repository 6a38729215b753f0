"""Messages in PostgreSQL. The only modules that read `sql/queries/messages/`."""
