"""Model agreements, ours and the main connector's own, and the forms that they are filled as."""
