"""Verify package signatures more strictly than others: every part covered, nothing hidden, every answer apart."""

from kanta_tenancy.machinery.ooxml.verification.verifier import verify

__all__ = ["verify"]
