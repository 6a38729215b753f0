"""How the pages of the form look: one column for a phone, large letters and targets, no script. Pure."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element

from kanta_tenancy.disturbances.form import words
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.web.markup import tag, written

_STYLE: Final = """
:root { color-scheme: light dark; --ink: light-dark(#1a1a1a, #f0f0f0); --paper: light-dark(#fff, #161616);
  --line: light-dark(#6b6b6b, #9a9a9a); --accent: light-dark(#00539f, #8cc2ff); --bad: light-dark(#b3261e, #ff9a91);
  --soft: light-dark(#eef3f8, #22303d); }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 40rem; overflow-wrap: break-word; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 1rem; } h2 { font-size: 1.25rem; line-height: 1.3; }
header { align-items: baseline; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .25rem 1rem;
  justify-content: space-between; padding-bottom: .5rem; } header p { margin: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; margin: 0; padding: 0; }
nav a, nav button, nav strong { display: inline-block; line-height: 2.75rem; padding: 0 .5rem; }
nav button { background: none; border: 0; color: var(--accent); cursor: pointer; font: inherit; line-height: 2.75rem;
  text-decoration: underline; }
a { color: var(--accent); } form > div, fieldset { margin: 0 0 1.75rem; }
fieldset { border: 0; min-width: 0; padding: 0; } legend { padding: 0; }
label, legend { display: block; font-weight: 600; } .hint, .optional { font-weight: 400; }
.hint { margin: .1rem 0 .4rem; }
input, textarea, select { background: var(--paper); border: 2px solid var(--line); border-radius: .25rem;
  color: var(--ink); font: inherit; min-height: 2.75rem; padding: .4rem .5rem; width: 100%; }
.when { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
.when label { font-weight: 400; }
.choice { align-items: center; display: flex; font-weight: 400; gap: .75rem; min-height: 2.75rem; }
.choice input { accent-color: var(--accent); flex: none; height: 1.5rem; min-height: 0; width: 1.5rem; }
.wrong { border-left: .3rem solid var(--bad); padding-left: .75rem; }
.wrong input:not([type=radio]), .wrong textarea, .wrong select { border-color: var(--bad); }
.flaw { color: var(--bad); font-weight: 600; margin: .2rem 0 .4rem; }
.errors { border: .2rem solid var(--bad); margin: 0 0 1.5rem; padding: .25rem 1rem; } .errors a { color: var(--bad); }
.known, .note, summary { background: var(--soft); padding: .75rem 1rem; } .known, .note { margin: 0 0 1.5rem; }
.known h2 { margin: 0; } .known ul { padding-left: 1.25rem; }
details { margin: 0 0 1.75rem; } summary { cursor: pointer; font-weight: 600; margin-bottom: 1rem; }
.send { background: light-dark(#00539f, #8cc2ff); border: 0; border-radius: .25rem; color: light-dark(#fff, #10151a);
  cursor: pointer; font: inherit; font-weight: 600; min-height: 3rem; padding: .5rem 1.5rem; width: 100%; }
.number { font: 600 2rem/1.2 ui-monospace, monospace; letter-spacing: .08em; margin: .25rem 0 1rem; }
:focus-visible { outline: .2rem solid light-dark(#b35c00, #ffc266); outline-offset: .15rem; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
OWN_NAMES: Final = {Language.FINNISH: "Suomi", Language.SWEDISH: "Svenska", Language.ENGLISH: "English"}
FORM: Final = "report"  # the form's id: what stands outside of it belongs to it by this


def page(
    title: str, language: Language, *, header: Iterable[Element | str | None], main: Iterable[Element | None]
) -> str:
    """Return a whole page in a language."""
    return written(
        tag(
            "html",
            tag(
                "head",
                tag("meta", charset="utf-8"),
                tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
                tag("meta", name="robots", content="noindex"),
                tag("meta", name="referrer", content="no-referrer"),
                tag("title", title),
                tag("style", _STYLE),
            ),
            tag("body", tag("header", *header), tag("main", *main)),
            lang=language.value,
        )
    )


def language_links(language: Language) -> Element:
    """Return links to the same page in the other languages, for a page on which nothing was typed."""
    return _languages(language, {each: tag("a", OWN_NAMES[each], href=f"?lang={each.value}") for each in Language})


def language_buttons(language: Language) -> Element:
    """Return buttons that bring the same form in another language, with everything that was typed."""
    named = {
        each: tag("button", OWN_NAMES[each], type="submit", form=FORM, name="switch", value=each.value)
        for each in Language
    }
    return _languages(language, named)


def _languages(current: Language, others: dict[Language, Element]) -> Element:
    items = []
    for each, other in others.items():
        if each is current:
            shown = tag("strong", OWN_NAMES[each], aria_current="true")
        else:
            shown = other
            shown.set("lang", each.value)
        items.append(tag("li", shown))
    return tag("nav", tag("ul", *items), aria_label=words.LANGUAGES.said_in(current))
