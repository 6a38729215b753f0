"""What can end an agreement, as the API shows and takes it."""
