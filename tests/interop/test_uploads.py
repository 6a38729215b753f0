"""What comes back from other programs: which of their signatures are accepted, and what a refusal tells of the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements.drafting import documents
from kanta_tenancy.agreements.model import Manner, Party, Signatory, Status
from kanta_tenancy.agreements.models.actions import builtin
from kanta_tenancy.agreements.models.rendering import line_id
from kanta_tenancy.agreements.signing import naming
from kanta_tenancy.agreements.signing.acceptance import Accepted, Ground, accept
from kanta_tenancy.agreements.signing.errors import SignatureRefused
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.agreements.examples import a_content, an_agreement
from tests.interop.documents import entries, packed
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories

EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"


@pytest.fixture
def ground(signatories: Signatories) -> Ground:
    """Return an offer of an hour ago with its document: other programs look at the real clock."""
    content = a_content()
    issued = documents.issue(content, builtin()["main-connector-tenant", "1", Language.ENGLISH].template)
    agreement = an_agreement(
        id=content.agreement_id,
        status=Status.OFFERED,
        signatories=content.signatories,
        offered_at=signatories.now - timedelta(hours=1),
        content_sha256=issued.content_sha256,
    )
    return Ground(agreement=agreement, docx=issued.docx)


@pytest.fixture
def signed_by_poi(poi: Poi, signatories: Signatories, tmp_path: Path) -> Callable[..., bytes]:
    def signed(docx: bytes, **options: str) -> bytes:
        (tmp_path / "offer.docx").write_bytes(docx)
        key = signatories.pkcs12("Aino", KeyKind.RSA_2048)
        poi.sign(
            tmp_path / "offer.docx", tmp_path / "signed.docx", pkcs12=key, password=signatories.password, **options
        )
        return (tmp_path / "signed.docx").read_bytes()

    return signed


def signatory(ground: Ground, party: Party) -> Signatory:
    return next(who for who in ground.agreement.signatories if who.party is party)


def line(ground: Ground, party: Party = Party.TENANT) -> str:
    return line_id(signatory(ground, party).line)


def signed_by_us(docx: bytes, ground: Ground, party: Party, signatories: Signatories, at: datetime) -> bytes:
    place = next(one for one in signature_lines(docx) if one.setup_id == line(ground, party))
    return sign(docx, signatories.credential(party.value), at=at, line=place)


def handed_in(ground: Ground, docx: bytes) -> Accepted:
    return accept(ground, docx, party=Party.TENANT, at=SystemClock().now())


def refusal(ground: Ground, docx: bytes) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as refused:
        handed_in(ground, docx)
    return refused.value


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"digest": "sha384"},
        {"digest": "sha512", "xadesDigest": "sha512"},
        {"role": "Managing director", "comments": "Agreed"},
        {"issuer": "true", "chain": "false"},
    ],
)
def test_what_apache_poi_signs_on_the_line_is_accepted_with_options_of_its_own(ground, signed_by_poi, options):
    accepted = handed_in(ground, signed_by_poi(ground.docx, line=line(ground), **options))

    assert (accepted.signature.party, accepted.signature.manner) == (Party.TENANT, Manner.DIGITAL)
    assert accepted.signature.certificate_subject.startswith("CN=Aino")


def test_what_apache_poi_signs_beside_our_signature_is_accepted(ground, signed_by_poi, signatories):
    first = accept(
        ground,
        signed_by_us(ground.docx, ground, Party.MAIN_CONNECTOR, signatories, signatories.now),
        party=Party.MAIN_CONNECTOR,
        at=signatories.now,
    )
    agreement = replace(ground.agreement, status=Status.PARTLY_SIGNED, signatures=(first.signature,))
    partly = Ground(agreement=agreement, docx=first.docx)

    assert handed_in(partly, signed_by_poi(first.docx, line=line(ground))).signature.party is Party.TENANT


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "not bound to a signature line"),
        ({"line": "other"}, "signed through the other party"),
        ({"line": "tenant", "digest": "sha1"}, "too weak"),
        ({"line": "tenant", "canonicalization": EXCLUSIVE}, "canonicalised by an algorithm that is not accepted"),
    ],
)
def test_what_apache_poi_signs_otherwise_is_refused_and_the_refusal_says_why(ground, signed_by_poi, options, why):
    lines = {"other": line(ground, Party.MAIN_CONNECTOR), "tenant": line(ground)}
    chosen = options | ({"line": lines[options["line"]]} if "line" in options else {})

    refused = refusal(ground, signed_by_poi(ground.docx, **chosen))

    assert why in " ".join(flaw.detail for flaw in refused.flaws)


def test_a_document_that_libreoffice_saved_anew_is_refused_and_each_part_is_named(
    ground, libreoffice: LibreOffice, signatories, tmp_path
):
    (tmp_path / "offer.docx").write_bytes(ground.docx)
    libreoffice.save_anew(tmp_path / "offer.docx", tmp_path / "saved.docx")
    saved = (tmp_path / "saved.docx").read_bytes()

    refused = refusal(ground, sign(saved, signatories.credential("tenant"), at=signatories.now))

    told = {flaw.field: flaw.detail for flaw in refused.flaws}
    assert told["/word/document.xml"] == "/word/document.xml was changed: the text of the agreement"
    assert told["/docProps/app.xml"] == "/docProps/app.xml was added: statistics that Word writes"
    assert told["/docProps/core.xml"].endswith("title, author and times, which Word writes when it saves")
    assert told["/word/styles.xml"] == "/word/styles.xml was changed: styles"
    assert naming.UNSIGNED_YET in refused.detail


def test_a_signature_of_libreoffice_is_refused_as_apache_poi_refuses_it(
    ground, libreoffice: LibreOffice, poi: Poi, signatories, tmp_path
):
    # LibreOffice 7.4 believes in it. What it digests of the package's own relationships is not what stands there.
    file = tmp_path / "offer.docx"
    file.write_bytes(ground.docx)
    libreoffice.own(signatories.pkcs12("Aino", KeyKind.RSA_2048), signatories.password)
    libreoffice.sign(file)

    assert libreoffice.verify(file).valid
    assert not poi.verify(file).valid
    refused = refusal(ground, file.read_bytes())
    assert [(flaw.field, flaw.rule) for flaw in refused.flaws] == [("/_rels/.rels", "R6")]


@pytest.mark.parametrize("part", ["docProps/core.xml", "word/settings.xml"])
def test_a_word_that_was_slipped_into_a_part_after_poi_wrote_it_is_refused(ground, signed_by_poi, part):
    parts = entries(signed_by_poi(ground.docx, line=line(ground)))
    end = parts[part].rindex(b"</")
    slipped = parts | {part: parts[part][:end] + b"<!-- void -->" + parts[part][end:]}

    assert f"/{part}" in {flaw.field for flaw in refusal(ground, packed(slipped)).flaws}


def test_an_id_that_poi_listed_and_nothing_had_cannot_be_given_to_a_relationship_later(ground, signed_by_poi):
    parts = entries(signed_by_poi(ground.docx, line=line(ground)))
    name = "word/_rels/document.xml.rels"
    assert b'Id="rId1"' not in parts[name]
    slipped = b'<Relationship Id="rId1" Type="urn:x" Target="styles.xml"/></Relationships>'
    changed = parts | {name: parts[name].replace(b"</Relationships>", slipped)}

    assert "R6" in {flaw.rule for flaw in refusal(ground, packed(changed)).flaws}
