"""Our template as docxtpl wants it: `{{ }}` where a content control is, its loops and conditions around rows."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from docxtpl import DocxTemplate
from lxml import etree

from kanta_tenancy.machinery.docx.contract import Values
from kanta_tenancy.machinery.docx.controls import Control, Kind, Level, content_of, controls_around, controls_of
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.wordml import OFFICE, XML_SPACE, w

_LINE: Final = f"{{{OFFICE}}}signatureline"
_LINE_ATTRIBUTES: Final = {
    "id": "id",
    f"{{{OFFICE}}}suggestedsigner": "name",
    f"{{{OFFICE}}}suggestedsigner2": "title",
    f"{{{OFFICE}}}suggestedsigneremail": "email",
}


class Twin:
    """Fills the agreement as docxtpl does; the pictures of signature lines stay those of the template."""

    def __init__(self, template: bytes) -> None:
        self._template = DocxTemplate(io.BytesIO(twin_of(template)))

    def fill(self, values: Values) -> bytes:
        self._template.render(context(values), autoescape=True)
        written = io.BytesIO()
        self._template.save(written)
        return written.getvalue()


def twin_of(template: bytes) -> bytes:
    """Return our template with docxtpl's tags in place of its content controls."""
    form = Form.read(template)
    written = {story.name[1:]: _rewritten(story.root) for story in form.stories}
    twin = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(twin, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, written.get(entry) or source.read(entry))
    return twin.getvalue()


def context(values: Values) -> dict[str, Any]:
    """Return the same values under names that Jinja can read."""
    return {
        **_plain(values.texts),
        **{group: [_plain(item) for item in items] for group, items in values.rows.items()},
        **{_name("if", condition): True for condition in values.present},
        **{
            _name("line", name): {"id": line.id, "name": line.name, "title": line.title, "email": line.email}
            for name, line in values.signature_lines.items()
        },
    }


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    return {_name(name): text for name, text in texts.items()}


def _name(*pieces: str) -> str:
    return "_".join(pieces).replace(".", "_")


def _rewritten(root: etree._Element) -> bytes:
    for control in reversed(list(controls_of(root))):  # the inner ones first
        _rewrite(control)
        for child in list(_held(control)):
            control.element.addprevious(child)
        control.element.getparent().remove(control.element)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _rewrite(control: Control) -> None:
    match control.kind:
        case Kind.TEXT:
            _rewrite_text(control)
        case Kind.EACH:
            _surround(control, f"for item in {control.name}", "endfor")
        case Kind.IF:
            _surround(control, f"if {_name('if', control.name)}", "endif")
        case Kind.SIGNATURE_LINE:
            line = next(control.element.iter(_LINE))
            for attribute, field in _LINE_ATTRIBUTES.items():
                line.set(attribute, f"{{{{ {_name('line', control.name)}.{field} }}}}")


def _rewrite_text(control: Control) -> None:
    repeated = any(outer.kind is Kind.EACH for outer in controls_around(control.element))
    run = next(control.element.iter(w("r")))
    _held(control)[:] = [run]
    run[:] = run.findall(w("rPr"))
    text = etree.SubElement(run, w("t"), {XML_SPACE: "preserve"})
    text.text = f"{{{{ {'item.' if repeated else ''}{_name(control.name)} }}}}"


def _surround(control: Control, opening: str, closing: str) -> None:
    held = _held(control)
    held.insert(0, _tag(control.level, opening))
    held.append(_tag(control.level, closing))


def _tag(level: Level, statement: str) -> etree._Element:
    """Return a row or a paragraph that docxtpl removes with its tag."""
    kind, holders = ("tr", ("tr", "tc", "p", "r", "t")) if level is Level.ROW else ("p", ("p", "r", "t"))
    outer = element = etree.Element(w(holders[0]))
    for holder in holders[1:]:
        element = etree.SubElement(element, w(holder))
    element.text = f"{{%{kind} {statement} %}}"
    return outer


def _held(control: Control) -> etree._Element:
    held = content_of(control.element)
    if held is None:
        raise LookupError(f"the content control {control.tag} holds nothing")
    return held
