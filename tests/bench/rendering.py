"""Rendering an agreement, and rendering and signing it, against docxtpl filling the same agreement unsigned."""

import itertools
import statistics
from collections.abc import Callable
from typing import Final

from kanta_tenancy.agreements.model import Content
from kanta_tenancy.agreements.models.rendering import line_to_sign
from kanta_tenancy.machinery.ooxml.signing import Signing, sign_all, sign_for_verifier
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.bench import agreement
from tests.bench.alternating import alternate, cpu_of_each, middle_half
from tests.bench.docxtpl_twin import Twin
from tests.bench.results import Goal, Row, at_least
from tests.bench.signers import credential

_ROUNDS: Final = 9
_RENDERED: Final = 300  # a round
_SIGNED: Final = 60
_BY_DOCXTPL: Final = 6


def measure() -> list[Row]:
    template = agreement.template()
    said = itertools.cycle([agreement.content(number) for number in range(agreement.DIFFERENT)])
    twin = Twin(agreement.template_file())
    filled = itertools.cycle([agreement.values(agreement.content(number)) for number in range(agreement.DIFFERENT)])
    parties = [credential("Main connector", KeyKind.EC_P256), credential("Tenant", KeyKind.EC_P256)]

    def rendered(content: Content) -> bytes:
        return template.fill(agreement.values(content))

    def render() -> bytes:
        return rendered(next(said))

    def signings(content: Content) -> list[Signing]:
        return [
            Signing(credential=party, line=line_to_sign(who))
            for party, who in zip(parties, content.signatories, strict=True)
        ]

    def render_and_sign() -> bytes:
        content = next(said)
        return sign_for_verifier(rendered(content), signings(content), at=agreement.AT)

    def render_sign_and_verify() -> bytes:
        content = next(said)
        return sign_all(rendered(content), signings(content), at=agreement.AT)

    def by_docxtpl() -> bytes:
        return twin.fill(next(filled))

    return [
        _compared("rendering against docxtpl", render, _RENDERED, by_docxtpl, at_least(200)),
        _compared(
            "rendering and two EC P-256 signatures against docxtpl's unsigned rendering",
            render_and_sign,
            _SIGNED,
            by_docxtpl,
            at_least(25),
        ),
        _compared("the same, and every signature verified", render_sign_and_verify, _SIGNED, by_docxtpl, at_least(10)),
    ]


def _compared(name: str, ours: Callable[[], bytes], times: int, theirs: Callable[[], bytes], goal: Goal) -> Row:
    """Compare processor time, since both work alone in this process."""
    cost = alternate(lambda: cpu_of_each(ours, times), lambda: cpu_of_each(theirs, _BY_DOCXTPL), rounds=_ROUNDS)
    speed = cost.inverted()
    return Row(
        name=name,
        ratio=statistics.median(speed.ratios),
        spread=middle_half(speed.ratios),
        goal=goal,
        ours=f"{statistics.median(cost.ours) * 1e3:.2f} ms",
        theirs=f"{statistics.median(cost.theirs) * 1e3:.1f} ms",
    )
