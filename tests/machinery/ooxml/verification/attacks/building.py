"""What attacks are built of: families of them, and ways to change a package that is a mapping from names to bytes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.machinery.ooxml.verification.documents import DOCUMENT, RELATIONSHIPS, TYPES, Parts, override, relationship
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, with_line
from tests.machinery.opc.zips import Item, zipped

ROOT = "_rels/.rels"
STYLES = "word/styles.xml"
EVIL = (
    b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
    b"<w:p><w:r><w:t>Maksetaan 900 euroa.</w:t></w:r></w:p></w:body></w:document>"
)
Change = Callable[[Parts], Parts | bytes]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A change, and the rules that a verifier must name at least."""

    rules: tuple[str, ...]
    change: Change


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """Attacks on a document that others have signed well."""

    title: str
    attacks: Mapping[str, Attack]


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Documents made so that their signer is deceived; the victim signs them well."""

    title: str
    attacks: Mapping[str, Attack]


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Attacks on what was added to signatures since they were made."""

    title: str
    attacks: Mapping[str, Attack]


@dataclass(frozen=True, kw_only=True)
class Forging:
    """Signatures that somebody writes who has not the victim's key, or has a key of his own."""

    title: str
    attacks: Mapping[str, tuple[tuple[str, ...], Forgery]]


def tampering(title: str, **families: Mapping[str, Change]) -> Tampering:
    """Collect attacks by the rules that stop them: `R5_R6={...}`."""
    return Tampering(title=title, attacks=_attacks(families))


def preparation(title: str, **families: Mapping[str, Change]) -> Preparation:
    return Preparation(title=title, attacks=_attacks(families))


def addition(title: str, **families: Mapping[str, Change]) -> Addition:
    return Addition(title=title, attacks=_attacks(families))


def forging(title: str, **families: Mapping[str, Forgery]) -> Forging:
    found = {name: (tuple(rules.split("_")), how) for rules, each in families.items() for name, how in each.items()}
    assert len(found) == sum(map(len, families.values()))
    return Forging(title=title, attacks=found)


def _attacks(families: Mapping[str, Mapping[str, Change]]) -> dict[str, Attack]:
    found = {
        name: Attack(rules=tuple(rules.split("_")), change=change)
        for rules, changes in families.items()
        for name, change in changes.items()
    }
    assert len(found) == sum(map(len, families.values()))
    return found


def replaced(name: str, old: str | bytes, new: str | bytes) -> Change:
    """Replace the first occurrence of a piece, which must be there."""
    before, after = (each.encode() if isinstance(each, str) else each for each in (old, new))

    def change(parts: Parts) -> Parts:
        assert before in parts[name], (before, name)
        return {**parts, name: parts[name].replace(before, after, 1)}

    return change


def rewritten(name: str, pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Change:
    """Replace what a pattern finds, which must be there."""

    def change(parts: Parts) -> Parts:
        text, count = re.subn(pattern, replacement, parts[name].decode(), count=1, flags=re.DOTALL)
        assert count, (pattern, name)
        return {**parts, name: text.encode()}

    return change


def signature_rewritten(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Change:
    return rewritten(SIG1, pattern, replacement)


def added(name: str, content: bytes = EVIL, kind: str = "") -> Change:
    """Add a part, with a content type of its own unless the default is to count."""

    def change(parts: Parts) -> Parts:
        types = with_line(parts[TYPES], override(f"/{name}", kind)) if kind else parts[TYPES]
        return {**parts, TYPES: types, name: content}

    return change


def linked(line: str, name: str = RELATIONSHIPS) -> Change:
    return lambda parts: {**parts, name: with_line(parts[name], line)}


def typed(line: str) -> Change:
    return lambda parts: {**parts, TYPES: with_line(parts[TYPES], line)}


def content_of(name: str, content: bytes) -> Change:
    return lambda parts: {**parts, name: content}


def without(*names: str) -> Change:
    return lambda parts: {name: content for name, content in parts.items() if name not in names}


def both(*changes: Change) -> Change:
    """Make one change after the other."""

    def change(parts: Parts) -> Parts | bytes:
        for each in changes:
            made = each(parts)
            assert not isinstance(made, bytes)
            parts = made
        return parts

    return change


def link(kind: str, target: str, mode: str = "", name: str = "rIdEvil") -> str:
    return relationship(name, kind, target, mode)


def items(parts: Parts) -> list[Item]:
    return [Item(name=name, content=content) for name, content in parts.items()]


def with_item(*more: Item) -> Change:
    return lambda parts: zipped(*items(parts), *more)


def item_changed(name: str = DOCUMENT, **fields: object) -> Change:
    """Write one entry with other fields than it should have."""

    def change(parts: Parts) -> bytes:
        return zipped(
            *(
                Item(name=each, content=content, **fields) if each == name else Item(name=each, content=content)  # type: ignore[arg-type]
                for each, content in parts.items()
            )
        )

    return change
