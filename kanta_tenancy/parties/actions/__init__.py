"""What one can do with the parties. Each action writes its change and its journal entry in the caller's transaction."""
