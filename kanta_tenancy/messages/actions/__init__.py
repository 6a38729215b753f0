"""What people do with endpoints, messages and calendar feeds, each in the caller's transaction."""
