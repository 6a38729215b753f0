"""Seals that anybody can check: JSON Web Signatures with their certificates, and Merkle trees with their proofs."""
