"""The XML of a signature as Office lays it out, as canonical text: what is written here, and what is known by it."""
