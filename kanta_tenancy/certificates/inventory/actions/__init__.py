"""What people do with certificates and their sources: each in one transaction, with its journal entry."""
