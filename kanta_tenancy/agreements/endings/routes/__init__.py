"""What can end an agreement, over HTTP."""
