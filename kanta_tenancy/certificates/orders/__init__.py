"""Certificates that are ordered: asked for on the operator's machine, followed until the one before is revoked."""
