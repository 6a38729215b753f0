"""Certificates of servers, systems and people: what they say, what is wrong with them, and whether they are in use."""
