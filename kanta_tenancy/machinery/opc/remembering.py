"""Answers that depend on a part's bytes alone need not be found twice.

The styles, numbering and settings of a template are in every document that is made from it, and a document is verified
before each further signature, after it, and when it is received. What is compared are the bytes themselves.
"""

import functools
from collections.abc import Callable
from typing import Final, TypeVar

_PARTS: Final = 128
_LARGEST: Final = 128 * 1024  # bytes; both limits together keep what one function remembers below 16 MB

T = TypeVar("T")


def remembered(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """Let a pure function of a part's bytes remember its latest answers; refusals are not remembered.

    The answers are shared: nobody may change them.
    """
    recall = functools.lru_cache(maxsize=_PARTS)(read)

    @functools.wraps(read)
    def remembering(content: bytes) -> T:
        return recall(content) if len(content) <= _LARGEST else read(content)

    return remembering
