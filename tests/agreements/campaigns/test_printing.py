import re

from kanta_tenancy.agreements.campaigns.bodies import ShownRedline
from kanta_tenancy.agreements.campaigns.printing import STYLE_DIGEST, as_page, as_text
from kanta_tenancy.agreements.campaigns.redline import redline
from kanta_tenancy.kernel.languages import Language
from tests.agreements.campaigns.examples import a_clause

BEFORE = (
    a_clause("1", "Fees & costs", "The tenant pays the fees.", "They are agreed on each year."),
    a_clause("2", "Notice", "A month."),
)
AFTER = (
    a_clause("1", "Notice", "A month."),
    a_clause("2", "Fees & costs", "The tenant pays <all> the fees.", "They are agreed on each year."),
    a_clause("", "Annex 2", "New."),
)


def shown(language=Language.ENGLISH, *, before=BEFORE) -> ShownRedline:
    clauses = None if before is None else redline(before, AFTER)
    return ShownRedline(language=language, model="kanta", model_version="1.3", tenants=7, clauses=clauses)


def test_as_text_marks_what_comes_and_what_goes():
    assert as_text(shown()) == (
        "== en: kanta 1.3 (7)\n"
        "-- 2 → 1 (unchanged): Notice\n"
        "-- 1 → 2 (changed, moved): Fees & costs\n"
        "The tenant pays {+<all>+} the fees.\nThey are agreed on each year.\n"
        "-- (new): {+Annex 2+}\n"
        "{+New.+}\n"
    )


def test_a_page_speaks_the_language_of_the_text_and_escapes_it():
    page = as_page("A <campaign>", [shown(Language.FINNISH)])
    assert "<title>A &lt;campaign&gt;</title>" in page
    assert '<section lang="fi"><h2>Mikä muuttuu: kanta 1.3 (7)</h2>' in page
    assert "<p>The tenant pays <ins>&lt;all&gt;</ins> the fees.</p><p>They are agreed on each year.</p>" in page
    assert "(uusi)" in page
    assert set(re.findall(r"</?([a-z0-9]+)", page)) == {
        "html", "head", "meta", "title", "style", "body", "h1", "section", "h2", "h3", "small", "p", "ins",
    }  # fmt: skip
    assert STYLE_DIGEST.startswith("sha256-")


def test_a_text_that_is_not_here_is_said_to_be_missing():
    assert "inte jämföras" in as_text(shown(Language.SWEDISH, before=None))
    assert "cannot be compared" in as_page("x", [shown(before=None)])
