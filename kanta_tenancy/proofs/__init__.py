"""Proof bundles: one file for each agreement, to be checked by somebody who trusts neither the service nor its server.

docs/proof-bundle.md describes the format, docs/capabilities/proofs.md what it is for.
"""
