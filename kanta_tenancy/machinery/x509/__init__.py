"""Certificates and keys: load, describe, judge."""
