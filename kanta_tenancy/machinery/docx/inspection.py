"""Whether a stranger's document can be used as a template, and if not, what to put right and where."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from kanta_tenancy.machinery.docx.charts import check_charts
from kanta_tenancy.machinery.docx.contract import Contract
from kanta_tenancy.machinery.docx.controls import Kind, controls_of
from kanta_tenancy.machinery.docx.fields import check_fields
from kanta_tenancy.machinery.docx.findings import Finding
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.package_checks import check_package
from kanta_tenancy.machinery.docx.placement import Placement
from kanta_tenancy.machinery.docx.refused_markup import check_markup
from kanta_tenancy.machinery.docx.signature_places import check_signature_lines
from kanta_tenancy.machinery.docx.visibility import Visibility
from kanta_tenancy.machinery.opc import BrokenPackage

MOST_FINDINGS: Final = 200


def inspect_template(docx: bytes, contract: Contract) -> tuple[Finding, ...]:
    """Return what keeps a document from being a template of this contract; nothing when it can be one.

    The document may come from anyone. After the first 200 findings the search ends.
    """
    try:
        return inspect_form(Form.read(docx), contract)
    except BrokenPackage as refusal:
        return (finding_of(refusal),)


def finding_of(refusal: BrokenPackage) -> Finding:
    return Finding(detail=refusal.detail, rule=refusal.rule, part=refusal.part.lstrip("/"))


def inspect_form(form: Form, contract: Contract) -> tuple[Finding, ...]:
    return tuple(islice(_findings(form, contract), MOST_FINDINGS))


def _findings(form: Form, contract: Contract) -> Iterator[Finding]:
    yield from check_package(form)
    visibility = Visibility(form.styles)
    for story in form.stories:
        yield from check_markup(story)
        yield from check_fields(story)
        yield from visibility.check(story)
        yield from Placement(story, contract).check()
    yield from check_signature_lines(form, contract)
    yield from check_charts(form)
    yield from _missing(form, contract)


def _missing(form: Form, contract: Contract) -> Iterator[Finding]:
    used: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for story in form.stories:
        for control in controls_of(story.root):
            used[control.kind].add(control.name)
    items = (group.items.required for group in contract.groups)
    required = {
        Kind.TEXT: contract.texts.required.union(*items),
        Kind.EACH: frozenset(group.name for group in contract.groups if group.items.required),
        Kind.IF: contract.conditions.required,
        Kind.SIGNATURE_LINE: contract.signature_lines.required,
        Kind.CHART: contract.charts.required,
    }
    for kind, names in required.items():
        for name in sorted(names - used[kind]):
            tag = name if kind is Kind.TEXT else f"{kind}:{name}"
            yield Finding(detail="There is no content control with this tag, and one is needed.", tag=tag)
