"""On what ground somebody may sign for a party, and from when until when (clause 21)."""
