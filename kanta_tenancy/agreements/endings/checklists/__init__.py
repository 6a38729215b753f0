"""What has to be done before an agreement ends, and what came of it (K20.5)."""
