"""The status page for people: plain, accessible, without a script; every text is escaped on the way. Pure."""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Final

from kanta_tenancy.disturbances.bodies.status import StatusLine, StatusPage
from kanta_tenancy.disturbances.case import Phase
from kanta_tenancy.disturbances.status_wording import added
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language

_STYLE: Final = (
    ":root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:44rem}"
    "body{padding:1rem}"
    "article{border-left:.4rem solid;padding:0 1rem;margin:1.5rem 0}h2{margin:.2rem 0}.ongoing{border-color:#b3261e}"
    ".planned{border-color:#0b57d0}.over,.cancelled{border-color:#2e7d32}dt{font-weight:600}dd{margin:0 0 .5rem}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
_TITLE: Final = Sentence(fi="Häiriöt ja huollot", sv="Störningar och underhåll", en="Disturbances and maintenance")
_NOTHING: Final = Sentence(
    fi="Tiedossa ei ole häiriöitä eikä huoltoja.",
    sv="Inga störningar och inget underhåll är kända.",
    en="No disturbances and no maintenance are known.",
)
_SYSTEM: Final = Sentence(fi="Tietojärjestelmä", sv="Informationssystem", en="Information system")
_SERVICE: Final = Sentence(fi="Kanta-palvelu", sv="Kanta-tjänst", en="Kanta service")
_WHEN: Final = Sentence(fi="Milloin", sv="När", en="When")
_TOLD: Final = Sentence(fi="Kerrottu", sv="Meddelat", en="Told")
_REFERENCE: Final = Sentence(fi="Tunnus", sv="Beteckning", en="Reference")
_LOUD: Final = (Phase.ONGOING, Phase.PLANNED, Phase.OVER, Phase.CANCELLED)


def as_page(page: StatusPage, language: Language) -> str:
    """Write the status page in a language; what goes on stands first."""
    return "".join(_lines(page, language))


def _lines(page: StatusPage, language: Language) -> Iterator[str]:
    title = escape(_TITLE.said_in(language))
    yield f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n"
    if not page.items:
        yield f"<p>{escape(_NOTHING.said_in(language))}</p>\n"
    for one in sorted(page.items, key=lambda one: _LOUD.index(one.phase)):
        yield from _article(one, language)
    yield f"<p><small>{escape(_at(page).said_in(language))}</small></p>\n</main></body></html>\n"


def _article(one: StatusLine, language: Language) -> Iterator[str]:
    heading = one.said.said_in(language) + (f": {one.title}" if one.title else "")
    yield f'<article class="{one.phase.value}"><h2>{escape(heading)}</h2>\n'
    text = added(one.text)
    if text is not None:
        yield f"<p>{'<br>'.join(escape(each) for each in text.said_in(language).splitlines())}</p>\n"
    service = None if one.service is None else one.service.said_in(language)
    told = sentence("{at}", "{at}", "{at}", at=one.published_at).said_in(language)
    facts = (
        (_WHEN, one.when.said_in(language)),
        (_SYSTEM, one.system),
        (_SERVICE, service),
        (_TOLD, told),
        (_REFERENCE, one.reference),
    )
    shown = (f"<dt>{escape(label.said_in(language))}</dt><dd>{escape(value)}</dd>" for label, value in facts if value)
    yield f"<dl>{''.join(shown)}</dl></article>\n"


def _at(page: StatusPage) -> Sentence:
    return sentence("Tilanne {at}, Suomen aikaa.", "Läget {at}, finsk tid.", "As of {at}, Finnish time.", at=page.at)
