"""Personal data breaches: whose they are, the 72 hours, what is decided, who is told, and the register of them."""
