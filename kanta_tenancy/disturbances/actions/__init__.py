"""What is done about disturbances, each in the transaction of the act that causes it."""
