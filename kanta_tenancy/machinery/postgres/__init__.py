"""PostgreSQL without an ORM: pool, scoped transactions, named statements, migrations, journal, outbox."""
