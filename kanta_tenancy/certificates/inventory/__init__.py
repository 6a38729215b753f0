"""The inventory of certificates: what there is, where it came from, who answers for it and where it is used (K7).

What rooms above use: a certificate with all that it says, the intake of what a source has, and the kinds.
"""
