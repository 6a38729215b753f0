"""Signatures brought to the level that is wanted, with what timestamp and certificate authorities answer."""

from kanta_tenancy.machinery.upgrading.upgrade import Learnt, Raised, Sources, raise_level

__all__ = ["Learnt", "Raised", "Sources", "raise_level"]
