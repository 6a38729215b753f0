"""Whether a template's package has only parts and links that may go into a signed document (rules R1, R4, R9)."""

from collections.abc import Iterator
from typing import Final

from kanta_tenancy.machinery.docx.findings import Finding
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.relations import (
    COMMENTS,
    HYPERLINK,
    IMAGE,
    KEPT,
    LEFT_BEHIND,
    PICTURES,
    REFUSED,
    SETTINGS,
)
from kanta_tenancy.machinery.docx.wordml import w
from kanta_tenancy.machinery.opc import BrokenPackage, Relationship
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE

_WEB: Final = ("http://", "https://")


def check_package(form: Form) -> Iterator[Finding]:
    """Find macros, links to outside, unwanted kinds of part, XML that is none, comments and mail merge."""
    for part in form.package.macros:
        yield _finding("The part holds macros.", part, "R4")
    for source in (PACKAGE_SOURCE, *form.kept):
        yield from _check_relationships(form, source)
    for part in form.kept:
        yield from _check_part(form, part)
    yield from _check_comments(form)
    yield from _check_settings(form)


def _check_relationships(form: Form, source: str) -> Iterator[Finding]:
    relationships = form.package.relationships(source)
    for relationship in relationships:
        detail = _flaw(form, source, relationship)
        if detail:
            yield _finding(detail, source, "R9")
    for relationship in relationships.misread_targets():
        detail = (
            f"The address {relationship.target} has a character (& < > \" ') that spoils signatures in LibreOffice."
        )
        yield _finding(detail, source, "R9")


def _flaw(form: Form, source: str, relationship: Relationship) -> str:
    kind, leads_to = relationship.type, relationship.target
    if kind in LEFT_BEHIND:
        return ""
    if kind in REFUSED:
        return f"The document has {REFUSED[kind]} ({leads_to})."
    if kind == HYPERLINK:
        is_web = relationship.external and leads_to.lower().startswith(_WEB)
        return "" if is_web else f"A hyperlink leads elsewhere than to the web: {leads_to}."
    if kind not in KEPT and kind != IMAGE:
        return f"The document has a part of an unknown kind: {kind.rpartition('/')[2]} ({leads_to})."
    if relationship.external:
        return f"The document fetches something from outside: {leads_to}."
    return _flaw_of_target(form, source, relationship)


def _flaw_of_target(form: Form, source: str, relationship: Relationship) -> str:
    target = form.package.target(source, relationship)
    if target is None:
        return f"The document refers to a part that is not there: {relationship.target}."
    content_type = form.package.content_types[target]
    fits = content_type in PICTURES if relationship.type == IMAGE else content_type == KEPT[relationship.type]
    return "" if fits else f"{relationship.target} has the content type {content_type}, which does not fit its use."


def _check_part(form: Form, part: str) -> Iterator[Finding]:
    if not form.package.content_types[part].endswith("xml"):
        return
    try:
        form.package.xml(part)
    except BrokenPackage as refusal:
        yield _finding(refusal.detail, part, refusal.rule)


def _check_comments(form: Form) -> Iterator[Finding]:
    part = form.of_kind(COMMENTS)
    if part is not None and form.package.xml(part).find(w("comment")) is not None:
        yield _finding("The document has comments; delete all of them.", part, "R9")


def _check_settings(form: Form) -> Iterator[Finding]:
    part = form.of_kind(SETTINGS)
    if part is not None and form.package.xml(part).find(w("mailMerge")) is not None:
        yield _finding("The document is set up for mail merge; make it a normal document again.", part, "R9")


def _finding(detail: str, part: str, rule: str) -> Finding:
    return Finding(detail=detail, part=part.lstrip("/"), rule=rule)
