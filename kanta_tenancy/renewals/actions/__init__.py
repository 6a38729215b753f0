"""What people and systems do with renewal requests."""
