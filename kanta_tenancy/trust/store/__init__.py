"""Trust in PostgreSQL: certificates, policies, kept revocation data."""
