"""Open Packaging Conventions: read a zip with limits, its parts, content types and relationships; write it."""
