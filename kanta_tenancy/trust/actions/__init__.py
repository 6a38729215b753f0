"""What is decided about trust, each act in the transaction of its caller."""
