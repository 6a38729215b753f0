"""Receipts of originals (clause 21), sealed by the service, so that whoever holds one can show it by itself."""
