"""Which files a mail carries, and under which names. Pure: the same notices always give the same."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import Final

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages.model import Attached, Told

MOST_BYTES: Final = 7_000_000  # of all files of a mail; encoded they stay below 10 MB, which servers commonly take


def carried(told: Iterable[Told]) -> tuple[Attached, ...]:
    """Return the files that fit into a mail, each once, in the order of its notices."""
    found: dict[str, Attached] = {}
    room = MOST_BYTES
    for notice in told:
        one = notice.attached
        if one is not None and one.of not in found and one.size <= room:
            found[one.of] = one
            room -= one.size
    return tuple(found.values())


def is_whole(one: Attached, content: bytes) -> bool:
    """Say whether these are the bytes that were named."""
    return (len(content), sha256(content).hexdigest()) == (one.size, one.sha256)


def names(files: Iterable[Attached], language: Language) -> Mapping[str, str]:
    """Return what each file is called in a mail, by what keeps it; of several with one name, the later get a number."""
    found: dict[str, str] = {}
    for one in files:
        said = PurePath(one.name.said_in(language))
        name, number = str(said), 1
        while name in found.values():
            number += 1
            name = f"{said.stem} ({number}){said.suffix}"
        found[one.of] = name
    return found
