"""Systems from a CSV or JSON file: read, each row examined, compared with the register, and only then written."""
