"""How large a package may be before it is refused unread (rule R0)."""

from typing import Final

from kanta_tenancy.kernel.records import Record

_MEGABYTE: Final = 1024 * 1024


class Limits(Record, frozen=True, kw_only=True):
    """Sizes in bytes; each is checked on what the directory claims, before anything is inflated."""

    file_size: int = 20 * _MEGABYTE
    entries: int = 1000
    unpacked_size: int = 200 * _MEGABYTE
    ratio: int = 100
    # Below this an entry may shrink as well as it likes: a theme or an empty table of Word or LibreOffice
    # reaches ratios above 20, and a drawing of one colour above 100, without being able to harm anyone.
    ratio_matters_from: int = _MEGABYTE


LIMITS: Final = Limits()
