"""What the main connector does in its dealings with Kela."""
