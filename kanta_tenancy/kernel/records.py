"""Struct bases, so that strictness is decided once."""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of the domain: immutable, and unknown columns are an error.

    Subclasses repeat `frozen=True, kw_only=True`: msgspec does not inherit the second, and type
    checkers do not see the first.
    """


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends or receives: snake_case on the wire, and an unknown field is refused.

    Subclasses repeat `frozen=True, kw_only=True, forbid_unknown_fields=True` (the last only for what is sent to us).
    """
