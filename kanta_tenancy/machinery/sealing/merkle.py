"""A Merkle tree over leaves whose places do not change: one root for all of them, and a short proof for each.

Source:
    RFC 9162, 2.1 (the same tree as RFC 6962, 2.1), with SHA-256.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

EMPTY: Final = hashlib.sha256().digest()  # the root of a tree without leaves


def leaf(data: bytes) -> bytes:
    """Return the hash of one leaf; its first byte keeps it from being taken for a node."""
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Keeps every level, so that a leaf is put in, or replaced, in as many hashes as the tree is high."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels = [list(leaf_hashes)]
        while len(level := self._levels[-1]) > 1:
            self._levels.append([_above(level, index) for index in range((len(level) + 1) // 2)])

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self._levels[0] else EMPTY

    def put(self, index: int, leaf_hash: bytes) -> None:
        """Replace a leaf, or add one at the end.

        Raises:
            IndexError: there would be a gap before it.
        """
        value, height = leaf_hash, 0
        while True:
            level = self._level(height)
            if index == len(level):
                level.append(value)
            elif 0 <= index < len(level):
                level[index] = value
            else:
                raise IndexError(index)
            if len(level) == 1:
                return
            index //= 2
            value, height = _above(level, index), height + 1

    def path(self, index: int) -> tuple[bytes, ...]:
        """Return the inclusion proof of a leaf, from its sibling upwards (RFC 9162, 2.1.3.1)."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        found = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                found.append(level[sibling])
            index //= 2
        return tuple(found)

    def _level(self, height: int) -> list[bytes]:
        if height == len(self._levels):
            self._levels.append([])
        return self._levels[height]


def is_included(leaf_hash: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether a proof leads from a leaf to the root of a tree of that size (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    value, last, rest = leaf_hash, size - 1, list(path)
    while last:
        if index % 2:
            if not rest:
                return False
            value = node(rest.pop(0), value)
        elif index < last:
            if not rest:
                return False
            value = node(value, rest.pop(0))
        index, last = index // 2, last // 2
    return not rest and value == root


def _above(level: Sequence[bytes], index: int) -> bytes:
    """Return the node over a pair; the last of an odd level has no partner and is taken up as it is."""
    pair = level[2 * index : 2 * index + 2]
    return node(*pair) if len(pair) == 2 else pair[0]  # noqa: PLR2004 -- a pair
