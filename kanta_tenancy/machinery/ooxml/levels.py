"""How much a signature carries of what a verifier will need years later.

Source: ETSI EN 319 132-1, chapter 6, whose baseline levels these are in the older form that Office and Apache POI read.
"""

import enum


class Level(enum.StrEnum):
    B = "B"  # who signed, with which certificate, and when by the signer's own word
    T = "T"  # and since when it is there, by the word of a timestamp authority
    LT = "LT"  # and every certificate, with what was known of its revocation

    def reaches(self, wanted: "Level") -> bool:
        return _ORDER.index(self) >= _ORDER.index(wanted)


_ORDER = tuple(Level)
