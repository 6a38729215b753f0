"""Where the signature lines of a template stand, and the pictures that they show until they are signed."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.contract import Contract
from kanta_tenancy.machinery.docx.controls import Control, Kind, controls_around, controls_of
from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.relations import IMAGE
from kanta_tenancy.machinery.docx.wordml import OFFICE, VML, R, w

SIGNATURE_LINE: Final = f"{{{OFFICE}}}signatureline"
_IMAGE_DATA: Final = f"{{{VML}}}imagedata"
_RELATIONSHIP_ID: Final = f"{{{R}}}id"


class SignaturePlace(Record, frozen=True, kw_only=True):
    """A signature line: the relationship of its picture, and the conditions around it."""

    name: str
    image_id: str
    conditions: frozenset[str]


def signature_places(root: etree._Element) -> tuple[SignaturePlace, ...]:
    """Return the signature lines of a part that has no findings."""
    return tuple(_place(control) for control in controls_of(root) if control.kind is Kind.SIGNATURE_LINE)


def _place(control: Control) -> SignaturePlace:
    image = next(control.element.iter(_IMAGE_DATA))
    around = frozenset(outer.name for outer in controls_around(control.element) if outer.kind is Kind.IF)
    return SignaturePlace(name=control.name, image_id=image.get(_RELATIONSHIP_ID, ""), conditions=around)


def check_signature_lines(form: Form, contract: Contract) -> Iterator[Finding]:
    """Find signature lines that no name stands for, that have no picture of their own, or that are there twice."""
    for story in form.stories:
        lines = [control for control in controls_of(story.root) if control.kind is Kind.SIGNATURE_LINE]
        inside = {line for control in lines for line in control.element.iter(SIGNATURE_LINE)}
        for line in story.root.iter(SIGNATURE_LINE):
            if line not in inside:
                yield story.finding(line, "The signature line stands in no content control signature_line:….")
        if story.name != form.main:
            for control in lines:
                yield story.finding(
                    control.element, "A signature line can only stand in the document itself.", tag=control.tag
                )
        else:
            yield from _check_each(form, story, lines, contract)


def _check_each(form: Form, story: Story, lines: list[Control], contract: Contract) -> Iterator[Finding]:
    names = Counter(control.name for control in lines)
    for control in lines:
        flaw = (
            _flaw(form, story, control)
            or _flaw_of_picture(form, control, contract)
            or _flaw_of_conditions(control, contract)
        )
        if flaw:
            yield story.finding(control.element, flaw, tag=control.tag)
        elif names[control.name] > 1:
            yield story.finding(control.element, "The same signature line is there more than once.", tag=control.tag)


def _flaw(form: Form, story: Story, control: Control) -> str:
    signature_lines = list(control.element.iter(SIGNATURE_LINE))
    images = list(control.element.iter(_IMAGE_DATA))
    if len(signature_lines) != 1 or len(images) != 1 or signature_lines[0].getparent() is not images[0].getparent():
        return "The content control does not stand around exactly one signature line (Insert > Signature Line)."
    if not any(True for _ in images[0].iterancestors(w("pict"))):
        return "The signature line is not in the form in which Word inserts it."
    image_id = images[0].get(_RELATIONSHIP_ID, "")
    relationship = form.package.relationships(form.main).by_id.get(image_id)
    target = None if relationship is None else form.package.target(form.main, relationship)
    if relationship is None or relationship.type != IMAGE or target is None:
        return "The picture of the signature line is not in the document."
    uses = sum(_uses(element, image_id) for element in story.root.iter(etree.Element))
    leading_there = sum(
        form.package.target(source, other) == target for source, other in form.package.all_relationships()
    )
    return "The signature line shares its picture with something else." if uses > 1 or leading_there > 1 else ""


def _flaw_of_picture(form: Form, control: Control, contract: Contract) -> str:
    """Tell whether the picture of a line that is otherwise as it should be can be put in the place of another."""
    relationship = form.package.relationships(form.main).by_id[_place(control).image_id]
    kind = form.package.content_types[str(form.package.target(form.main, relationship))]
    if not contract.line_pictures or kind in contract.line_pictures:
        return ""
    return f"The picture of the signature line is {kind}; it must be the one that Word draws, an enhanced metafile."


def _flaw_of_conditions(control: Control, contract: Contract) -> str:
    """Tell whether the line would be shown exactly when somebody is to sign on it."""
    needed = contract.line_conditions.get(control.name)
    around = {outer.name for outer in controls_around(control.element) if outer.kind is Kind.IF}
    if needed is None:
        return "The signature line would be left out together with the condition around it." if around else ""
    return (
        ""
        if around == {needed}
        else f"The signature line belongs inside a content control if:{needed}, and in no other."
    )


def _uses(element: etree._Element, image_id: str) -> int:
    return sum(text == image_id and str(name).startswith(f"{{{R}}}") for name, text in element.attrib.items())
