"""What the main connector does with its register of information systems."""
