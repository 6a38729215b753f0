"""Whatever a certificate is like, what can be known of it is told."""

import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509.inspected import Inspected, Name, NameKind, OddityKind, Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from tests.machinery.x509 import der
from tests.machinery.x509.authorities import aino, authority

DNS = bytes.fromhex("551d11")  # subject alternative name
CONSTRAINTS = bytes.fromhex("551d13")
BROKEN = b"\x04\x01\x00"


def read(data: bytes) -> Inspected:
    inspected = inspect(data)
    assert isinstance(inspected, Inspected), inspected
    return inspected


def kinds(data: bytes) -> set[OddityKind]:
    return {oddity.kind for oddity in read(data).oddities}


def of_a_server(*names: x509.GeneralName) -> bytes:
    location = x509.UniformResourceIdentifier("http://ocsp.example")
    extensions = (
        x509.SubjectAlternativeName(names),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)]),
        x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example/a.crl")], None, None, None)]
        ),
        x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.246.517"), None)]),
    )
    return aino(*((one, False) for one in extensions)).certificate.public_bytes(Encoding.DER)


def test_all_that_an_inventory_keeps_is_told():
    certificate = aino().certificate
    told = read(of_a_server(x509.DNSName("a.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))))
    assert told.common_name == "Aino"
    assert told.not_before == certificate.not_valid_before_utc
    assert told.not_after == certificate.not_valid_after_utc
    assert told.issuer == authority().issuing.certificate.subject.rfc4514_string()
    assert [(name.kind, name.value) for name in told.names] == [("dns", "a.example"), ("ip", "192.0.2.1")]
    assert (told.version, told.key, told.signature_algorithm) == (3, "EC P-256", "ecdsa-with-sha256")
    assert told.extended_usages == ("server_auth",)
    assert (told.ocsp_addresses, told.crl_addresses) == (("http://ocsp.example",), ("http://crl.example/a.crl",))
    assert told.policies == ("1.2.246.517",)
    assert not told.self_issued
    assert told.oddities == ()


def test_an_authority_is_told_as_one():
    told = read(authority().root.public_bytes(Encoding.DER))
    assert (told.is_authority, told.path_length, told.self_issued) == (True, 1, True)
    assert told.key_usages == ("key_cert_sign", "crl_sign")


def test_an_international_name_is_told_both_as_it_stands_and_as_people_write_it():
    written = f"xn--{'päivä'.encode('punycode').decode('ascii')}.example"
    told = read(of_a_server(x509.DNSName(written)))
    assert told.names == (Name(kind=NameKind.DNS, value=written, shown="päivä.example"),)


def test_a_name_that_only_claims_to_be_international_stays_as_it_is():
    told = read(of_a_server(x509.DNSName("xn--99999999999.example")))
    assert told.names[0].shown == "xn--99999999999.example"


@pytest.mark.parametrize(
    ("serial", "shown", "kind"),
    [
        (0, "00", OddityKind.SERIAL_ZERO),
        (-0xABC, "-0abc", OddityKind.SERIAL_NEGATIVE),
        (1 << 160, "01" + 40 * "0", OddityKind.SERIAL_TOO_LONG),
    ],
)
def test_an_odd_serial_number_is_kept_and_told(serial: int, shown: str, kind: OddityKind):
    told = der.certificate(serial=der.integer(serial))
    assert read(told).serial == shown
    assert kind in kinds(told)


def test_a_serial_number_of_twenty_octets_is_not_odd():
    told = der.certificate(serial=der.integer((1 << 160) - 1))
    assert read(told).serial == 40 * "f"
    assert OddityKind.SERIAL_TOO_LONG not in kinds(told)


def test_a_certificate_without_end_is_told_as_such():
    told = der.certificate(validity=(b"20260101000000Z", b"99991231235959Z"), time=der.GENERALIZED_TIME)
    assert read(told).not_after == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert OddityKind.NEVER_ENDS in kinds(told)


def test_one_that_ends_before_it_begins_is_told_as_such():
    assert OddityKind.ENDS_BEFORE_IT_BEGINS in kinds(der.certificate(validity=(b"300101000000Z", b"260101000000Z")))


def test_one_that_names_nobody_is_told_as_such():
    told = der.certificate()
    assert read(told).common_name is None
    assert {OddityKind.NAMELESS, OddityKind.ISSUER_EMPTY} <= kinds(told)


def test_a_broken_extension_is_told_with_the_hash_of_its_bytes_and_takes_no_other_with_it():
    broken = der.extension(DNS, BROKEN)
    sound = der.extension(CONSTRAINTS, bytes.fromhex("30030101ff"))
    told = read(der.certificate(extensions=(broken, sound)))
    assert [(part.what, part.sha256) for part in told.unreadable] == [
        ("extension subject alternative name", hashlib.sha256(broken).hexdigest())
    ]
    assert told.is_authority
    assert "An extension cannot be read: subject alternative name." in [one.sentence for one in told.oddities]


def test_of_an_extension_that_is_there_twice_the_first_counts():
    first = der.extension(CONSTRAINTS, bytes.fromhex("30030101ff"))
    second = der.extension(CONSTRAINTS, bytes.fromhex("3000"))
    told = read(der.certificate(extensions=(first, second)))
    assert told.is_authority
    assert "An extension is there twice; the first counts here: basic constraints." in [
        one.sentence for one in told.oddities
    ]


def test_a_key_of_an_unknown_kind_is_told_with_its_number():
    spki = der.tagged(der.SEQUENCE, bytes.fromhex("3006060412345678"), der.tagged(der.BITS, b"\0\1"))
    told = der.certificate(spki=spki)
    assert read(told).key.startswith("unknown (")
    assert OddityKind.KEY_UNREADABLE in kinds(told)


def test_a_name_that_cannot_be_read_leaves_the_rest():
    told = read(der.certificate(subject=der.attribute(der.COMMON_NAME, b"\xff\xff")))
    assert (told.subject, told.common_name) == (None, None)
    assert told.key == "EC P-256"
    assert {part.what for part in told.unreadable} == {"subject", "issuer"}
    name = der.tagged(der.SEQUENCE, der.attribute(der.COMMON_NAME, b"\xff\xff"))
    assert {part.sha256 for part in told.unreadable} == {hashlib.sha256(name).hexdigest()}


def test_two_different_signature_algorithms_are_told():
    before, alike, after = der.certificate().rpartition(der.ECDSA_SHA256)
    other = alike[:-1] + b"\x03"  # ECDSA with SHA-384
    assert OddityKind.ALGORITHMS_DIFFER in kinds(before + other + after)
    assert OddityKind.ALGORITHMS_DIFFER not in kinds(before + alike + after)


def test_an_authority_that_may_not_issue_and_does_not_insist_on_being_one_is_told():
    authority = der.extension(CONSTRAINTS, bytes.fromhex("30030101ff"))
    signs_only = der.extension(der.KEY_USAGE, bytes.fromhex("03020780"))
    found = kinds(der.certificate(extensions=(authority, signs_only)))
    assert found >= {
        OddityKind.AUTHORITY_MAY_NOT_SIGN,
        OddityKind.AUTHORITY_NOT_CRITICAL,
        OddityKind.AUTHORITY_WITHOUT_KEY_ID,
    }
    assert kinds(der.certificate(extensions=(signs_only,))).isdisjoint(found - kinds(der.certificate()))


def test_a_critical_extension_that_nobody_knows_is_told_with_its_number():
    unknown = der.tagged(der.OID, bytes.fromhex("2a0304")), bytes.fromhex("0101ff"), der.tagged(der.OCTETS, b"\5\0")
    told = read(der.certificate(extensions=(der.tagged(der.SEQUENCE, *unknown),)))
    assert "A critical extension is not known here: 1.2.3.4." in [one.sentence for one in told.oddities]


def test_one_that_does_not_say_which_key_of_its_issuer_signed_it_is_told():
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in "ab")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    key = der.KEY.public_key()
    builder = x509.CertificateBuilder(issuer_name=issuer, subject_name=subject, public_key=key, serial_number=1)
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(1))
    said = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key), critical=False)
    without, with_it = (one.sign(der.KEY, hashes.SHA256()).public_bytes(Encoding.DER) for one in (builder, said))
    assert kinds(without) - kinds(with_it) == {OddityKind.NO_ISSUER_KEY_ID}


def test_an_email_address_in_the_subject_is_told_with_the_names():
    name = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.org")])
    key = der.KEY
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
    certificate = builder.not_valid_before(start).not_valid_after(start + timedelta(1)).sign(key, hashes.SHA256())
    told = read(certificate.public_bytes(Encoding.DER))
    expected = Name(kind=NameKind.EMAIL, value="a@example.org", shown="a@example.org", in_subject=True)
    assert told.names == (expected,)


def test_one_that_is_too_large_is_refused_with_its_size():
    told = inspect(bytes(MAX_BYTES + 1))
    assert isinstance(told, Unreadable)
    assert str(MAX_BYTES + 1) in told.why


SOUND = aino().certificate.public_bytes(Encoding.DER)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes):
    told = inspect(data)
    assert isinstance(told, Unreadable)
    assert told.sha256 == hashlib.sha256(data).hexdigest()


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_no_changed_octet_makes_it_fail(at: int, change: int):
    data = bytearray(SOUND)
    data[at] ^= change
    assert isinstance(inspect(bytes(data)), Inspected | Unreadable)


def test_what_authorities_repeat_is_told_of_each_certificate_with_its_own_names():
    first, second, third = (of_a_server(x509.DNSName(name)) for name in ("a.example", "b.example", "a.example"))
    told = [read(one) for one in (first, second, third)]
    assert [[name.value for name in one.names] for one in told] == [["a.example"], ["b.example"], ["a.example"]]
    assert {one.crl_addresses for one in told} == {("http://crl.example/a.crl",)}
    assert {one.policies for one in told} == {("1.2.246.517",)}


def test_of_a_remembered_extension_that_is_there_twice_the_first_counts():
    first = der.extension(CONSTRAINTS, bytes.fromhex("30030101ff"))
    second = der.extension(CONSTRAINTS, bytes.fromhex("3000"))
    for one in (first, second):
        read(der.certificate(extensions=(one,)))
    for extensions, authority_first in (((first, second), True), ((second, first), False), ((first, first), True)):
        told = read(der.certificate(extensions=extensions))
        assert told.is_authority == authority_first
        assert OddityKind.EXTENSION_TWICE in {one.kind for one in told.oddities}


def test_a_broken_extension_beside_a_remembered_one_is_told_alone():
    sound = der.extension(CONSTRAINTS, bytes.fromhex("30030101ff"))
    read(der.certificate(extensions=(sound,)))
    told = read(der.certificate(extensions=(sound, der.extension(DNS, BROKEN))))
    assert told.is_authority
    assert [part.what for part in told.unreadable] == ["extension subject alternative name"]


def test_an_extension_of_any_length_is_told_each_time():
    long = x509.UniformResourceIdentifier(f"http://crl.example/{'a' * 2_000}.crl")
    points = x509.CRLDistributionPoints([x509.DistributionPoint([long], None, None, None)])
    certificate = aino((points, False)).certificate.public_bytes(Encoding.DER)
    assert [read(certificate).crl_addresses for _ in range(2)] == [(long.value,)] * 2
