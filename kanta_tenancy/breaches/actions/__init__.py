"""What is done with breaches, each in one transaction."""
