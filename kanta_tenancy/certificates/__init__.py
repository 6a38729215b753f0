"""Server and system signature certificates: looked at, kept, watched, and whom they stand for (clause 7)."""
