"""Signatures in OOXML packages as Microsoft Office writes them: sign, and verify more strictly than others."""
