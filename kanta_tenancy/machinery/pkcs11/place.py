"""Where a key is: which driver, which token, which of its keys; and what it is to sign."""

import re
from pathlib import PurePath
from typing import Final

from kanta_tenancy.kernel.records import Record

_HEXADECIMAL: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")


class KeyPlace(Record, frozen=True, kw_only=True):
    """What is left empty must be the only one there."""

    module: str  # the path of the driver's library
    token: str = ""  # the token's label
    serial: str = ""  # the token's serial number
    key_label: str = ""
    key_id: str = ""  # hexadecimal

    def __post_init__(self) -> None:
        if not _HEXADECIMAL.fullmatch(self.key_id):
            raise ValueError("the id of a key is written in hexadecimal")

    def __str__(self) -> str:
        token = self.token or self.serial
        return f"the token {token}" if token else f"the token of {self.driver}"

    @property
    def driver(self) -> str:
        """What the driver is called: paths are nobody's business but the operator's."""
        return PurePath(self.module).name


class Signable(Record, frozen=True, kw_only=True):
    """What is to be signed, in each form that a token may ask for."""

    octets: bytes
    digest: bytes
    digest_info: bytes | None  # for an RSA key; None for one on a curve
