"""Timestamps fetched from timestamp authorities (RFC 3161) over HTTP, several tried in their order."""
