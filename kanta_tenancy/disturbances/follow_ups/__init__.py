"""What is left to do after a disturbance, and faults that somebody noticed, each tracked until it is done (K19)."""
