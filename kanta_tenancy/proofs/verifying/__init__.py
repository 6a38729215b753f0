"""Verifies proof bundles that anybody may have made: without a server, a network or a database."""
