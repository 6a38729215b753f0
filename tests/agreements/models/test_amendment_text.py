"""The template of an amendment: three documents, a manifest, and what they print."""

import hashlib
import tomllib
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.drafting import documents
from kanta_tenancy.agreements.model import Content
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import read_clauses
from tests.agreements.examples import a_content, a_draft, an_agreement, both_sign

FOLDER = Path(__file__).parents[3] / "templates" / "agreements" / "annex-1-amendment-1"
MANIFEST = tomllib.loads((FOLDER / "manifest.toml").read_text("utf-8"))
LANGUAGES = list(Language)


def an_amendment(language: Language, **said: object) -> Content:
    return a_content(
        language=language,
        reference="2026-7K3QF9TD/1",
        amended="2026-7K3QF9TD",
        effective_on=date(2027, 2, 1),
        services=catalogue.annex(("imaging",), date(2026, 11, 1), language),
        **said,
    )


async def printed(content: Content) -> str:
    model = await models.load_for(
        None, an_agreement(amends=content.agreement_id, language=content.language, model=models.AMENDMENT)
    )
    document = Document(BytesIO(documents.issue(content, model.template).docx))
    texts = [one.text for one in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(texts).replace("\N{NON-BREAKING HYPHEN}", "-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_is_the_one_that_the_manifest_froze(language):
    stated = MANIFEST["languages"][language]
    docx = (FOLDER / stated["file"]).read_bytes()
    assert hashlib.sha256(docx).hexdigest() == stated["sha256"]
    clauses = [(clause["number"], clause["heading"]) for clause in stated["clauses"]]
    assert [(one.number, one.heading.replace("\N{NON-BREAKING HYPHEN}", "-")) for one in read_clauses(docx)] == clauses
    properties = Document(BytesIO(docx)).core_properties
    assert (properties.author, properties.title) == ("Kanta Tenancy", stated["title"])
    assert properties.language == stated["tag"]


@pytest.mark.parametrize(
    ("language", "day", "service"),
    [
        (Language.FINNISH, "1.2.2027", "Kuva-aineistojen arkisto"),
        (Language.SWEDISH, "1.2.2027", "Datalagret för bildmaterial"),
        (Language.ENGLISH, "1 February 2027", "Imaging Data Repository"),
    ],
)
async def test_it_prints_what_it_amends_from_which_day_and_the_whole_of_the_annex(language, day, service):
    text = await printed(an_amendment(language, signatories=both_sign(jointly=True)))
    for said in ("2026-7K3QF9TD/1", "2026-7K3QF9TD", day, service, "0246246-0", "2532004-3", "Aino Tenant 2"):
        assert said in text
    assert text.count("\N{BALLOT BOX WITH X}") == 2  # the legend and one service
    assert text.count("\N{BALLOT BOX}") == len([one for one in catalogue.services() if one.tickable]) - 1


async def test_it_is_no_model_that_an_agreement_can_be_drafted_on(desk, database):
    assert models.AMENDMENT not in {name for name, _, _ in models.builtin()}
    with pytest.raises(ModelNotFound):
        await desk.draft(a_draft(model=models.AMENDMENT))
