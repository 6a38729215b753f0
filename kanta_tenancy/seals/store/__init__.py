"""Seal certificates and checkpoints in PostgreSQL. The only modules that read `sql/queries/seals/`."""
