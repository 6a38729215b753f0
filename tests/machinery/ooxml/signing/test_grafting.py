"""Timestamps are added to signatures that others laid out, whatever their prefixes and whatever they carry."""

import re
from collections.abc import Callable

import msgspec
import pytest

from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.levels import achieved_level, add_timestamp, add_validation_data, imprint_of
from kanta_tenancy.machinery.ooxml.verification.reading import read
from kanta_tenancy.machinery.ooxml.verification.rewriting import rewritten
from tests.machinery.ooxml.signing.documents import entries
from tests.machinery.ooxml.verification.asking import assert_valid
from tests.machinery.ooxml.verification.documents import a_document, packed
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, encoded, signed
from tests.machinery.ooxml.verification.signers import authority
from tests.timestamp_authority import TimestampAuthority

PART = f"/{SIG1}"
END = "</xd:QualifyingProperties>"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


def carrying(markup: str) -> Forgery:
    """Return a forgery whose unsigned properties hold something."""
    half = f"<xd:UnsignedProperties><xd:UnsignedSignatureProperties>{markup}</xd:UnsignedSignatureProperties>"
    return Forgery(finished=lambda text: text.replace(END, f"{half}</xd:UnsignedProperties>{END}"))


def strangers(how: Forgery) -> bytes:
    """Return a document with a signature that is not laid out as ours are."""
    parts = signed(a_document(), how)
    assert rewritten(parts[SIG1]) is None
    return packed(parts)


def content(package: bytes) -> bytes:
    return entries(package)[SIG1]


@pytest.mark.parametrize(
    "how",
    [
        Forgery(),
        Forgery(prefix="ds:"),
        Forgery(namespaces=' xmlns:more="urn:more"'),
        Forgery(finished=lambda text: text.replace("\n<Signature", "\n\n<Signature")),
        Forgery(finished=lambda text: re.sub("(<X509Certificate>.{64})", "\\1\r\n", text)),
        Forgery(finished=lambda text: text.replace("></SignatureMethod>", "/>")),
        carrying(""),
        carrying(f"<xd:CertificateValues><xd:EncapsulatedX509Certificate>{encoded(authority().root)}"
                 "</xd:EncapsulatedX509Certificate></xd:CertificateValues>"),
        carrying("<xd:RevocationValues><xd:OCSPValues><xd:EncapsulatedOCSPValue>AAAA</xd:EncapsulatedOCSPValue>"
                 "</xd:OCSPValues></xd:RevocationValues>"),
    ],
)  # fmt: skip
def test_a_strangers_signature_is_brought_to_t_and_to_lt_and_stays_valid(stamps: TimestampAuthority, how: Forgery):
    package = strangers(how)
    later = add_timestamp(package, PART, stamps.token(imprint_of(package, PART)))
    lists = Revocation(crls=(stamps.revocation_list(),), ocsp=(b"an answer",))
    lasting = add_validation_data(later, PART, [stamps.issuer], lists)
    assert [achieved_level(each, PART) for each in (package, lasting)] == [Level.B, Level.LT]
    assert_valid(lasting)
    before, after = read(content(package)), read(content(lasting))
    assert (after.value, after.manifest, after.claims) == (before.value, before.manifest, before.claims)
    assert {*before.certificates, stamps.issuer} == set(after.certificates)
    assert after.added.crls == lists.crls
    assert after.added.ocsp[-1] == b"an answer"


def test_lists_come_before_answers_as_in_the_schema():
    answers = Revocation(ocsp=(b"an answer",))
    package = add_validation_data(strangers(carrying("")), PART, [], answers)
    part = content(add_validation_data(package, PART, [], Revocation(crls=(b"a list",))))
    assert part.index(b"CRLValues") < part.index(b"OCSPValues")


def test_a_second_timestamp_stands_behind_the_first_and_both_before_the_certificates(stamps: TimestampAuthority):
    package = add_validation_data(strangers(Forgery()), PART, [stamps.issuer], Revocation())
    tokens = [stamps.token(imprint_of(package, PART)) for _ in range(2)]
    for token in tokens:
        package = add_timestamp(package, PART, token)
    assert [stamp.token for stamp in read(content(package)).added.stamps] == tokens
    names = re.findall(rb"<xd:(SignatureTimeStamp|CertificateValues)>", content(package))
    assert names == [b"SignatureTimeStamp", b"SignatureTimeStamp", b"CertificateValues"]


LATER = (
    '<xd:SigAndRefsTimeStamp><xd:EncapsulatedTimeStamp>AAAA</xd:EncapsulatedTimeStamp></xd:SigAndRefsTimeStamp>',
    '<x:SigAndRefsTimeStampV2 xmlns:x="http://uri.etsi.org/01903/v1.4.1#"></x:SigAndRefsTimeStampV2>',
    "<xd:ArchiveTimeStamp></xd:ArchiveTimeStamp>",
    '<x:ArchiveTimeStamp xmlns:x="http://uri.etsi.org/01903/v1.4.1#"></x:ArchiveTimeStamp>',
)  # fmt: skip


@pytest.mark.parametrize("later", LATER)
def test_what_a_later_timestamp_is_over_is_not_added_to(stamps: TimestampAuthority, later: str):
    package = strangers(carrying(later))
    token = stamps.token(imprint_of(package, PART))
    with pytest.raises(CannotUpgrade, match="later timestamp"):
        add_timestamp(package, PART, token)


@pytest.mark.parametrize(("later", "closed"), list(zip(LATER, (False, False, True, True), strict=True)))
def test_only_an_archive_timestamp_is_over_validation_data(later: str, closed: bool):
    package = strangers(carrying(later))
    if not closed:
        assert_valid(add_validation_data(package, PART, [authority().root], Revocation()))
        return
    with pytest.raises(CannotUpgrade, match="later timestamp"):
        add_validation_data(package, PART, [authority().root], Revocation())


def test_a_signature_without_xades_carries_nothing(stamps: TimestampAuthority):
    package = strangers(Forgery(properties=None))
    token = stamps.token(imprint_of(package, PART))
    with pytest.raises(CannotUpgrade, match="no XAdES properties"):
        add_timestamp(package, PART, token)


def with_timestamp(package: Callable[[str], bytes], token: str, method: str) -> bytes:
    named = f'<CanonicalizationMethod Algorithm="{method}"></CanonicalizationMethod>' if method else ""
    written = f"<xd:EncapsulatedTimeStamp>{token}</xd:EncapsulatedTimeStamp>"
    return package(f"<xd:SignatureTimeStamp>{named}{written}</xd:SignatureTimeStamp>")


@pytest.mark.parametrize(
    ("method", "over"),
    [
        ("", b' xmlns:more="urn:more"'),
        ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", b' xmlns:more="urn:more"'),
        ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", b' xmlns:more="urn:more"'),
        (EXCLUSIVE, b""),
        (f"{EXCLUSIVE}WithComments", b""),
        ("http://www.w3.org/TR/1999/REC-xslt-19991116", None),
    ],
)
def test_a_timestamp_is_over_the_value_in_the_form_that_it_names(method: str, over: bytes | None):
    def package(markup: str) -> bytes:
        how = carrying(markup)
        how.namespaces = ' xmlns:more="urn:more"'
        return strangers(how)

    found = read(content(with_timestamp(package, "AAAA", method))).added.stamps
    starts = [stamp.over.partition(b">")[0] for stamp in found]
    assert starts == ([] if over is None else [b'<SignatureValue xmlns="http://www.w3.org/2000/09/xmldsig#"' + over])


@pytest.mark.parametrize("token", ["", "!", "AAA", "<x></x>"])
def test_a_timestamp_that_is_not_base64_is_left_out(token: str):
    package = with_timestamp(lambda markup: strangers(carrying(markup)), token, "")
    assert read(content(package)).added.stamps == ()
    assert achieved_level(package, PART) is Level.B
