"""What is said of what was served: pure, with the instant as an argument."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.probing.endpoint import Endpoint, Probed, Stage, Trouble, read_endpoint
from kanta_tenancy.machinery.probing.findings import Rule
from kanta_tenancy.machinery.probing.judging import fingerprint, judge
from kanta_tenancy.machinery.probing.messages import certificates
from kanta_tenancy.machinery.probing.names import is_for
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.probing.shown import DAY, HOST, NOW, authority, der, issued, names_of, self_signed

BY = authority()
GOOD = issued(BY)
LEAF, ISSUING, ROOT = *GOOD.chain, BY.root


def served(*chain: x509.Certificate | bytes, trouble: Trouble | None = None, count: int | None = None) -> Probed:
    encoded = tuple(one if isinstance(one, bytes) else der(one)[0] for one in chain)
    return Probed(
        endpoint=Endpoint(host=HOST, port=443, server_name=HOST), at=NOW, stage=Stage.HANDSHAKE, chain=encoded,
        served=len(encoded) if count is None else count, trouble=trouble, detail="Why." if trouble else "",
    )  # fmt: skip


def rules(probed: Probed, **asked) -> list[Rule]:
    return [one.rule for one in judge(probed, **{"at": NOW, **asked})]


def test_of_a_server_as_it_should_be_nothing_is_said():
    assert judge(served(LEAF, ISSUING), at=NOW, expected=fingerprint(der(LEAF)[0]), anchors=[ROOT]) == ()


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ([LEAF], [Rule.MISSING_INTERMEDIATE]),
        ([LEAF, ISSUING, ROOT], [Rule.UNNEEDED_ROOT]),
        ([LEAF, ROOT, ISSUING], [Rule.WRONG_ORDER, Rule.UNNEEDED_ROOT]),
        ([LEAF, authority().root], [Rule.MISSING_INTERMEDIATE, Rule.UNRELATED]),
        ([LEAF, ISSUING, ISSUING], [Rule.UNRELATED]),
        ([LEAF, b"\x30\x00", ISSUING], [Rule.UNREADABLE]),
        ([b"\x30\x00", ISSUING], [Rule.UNREADABLE]),
        ([self_signed(HOST).certificate], [Rule.SELF_SIGNED]),
        (issued(BY, at=NOW - 200 * DAY).chain, [Rule.EXPIRED]),
        (issued(BY, at=NOW + DAY).chain, [Rule.NOT_YET_VALID]),
        (issued(BY, "other.example.org").chain, [Rule.NAME_MISMATCH]),
        (issued(authority(at=NOW - 3600 * DAY)).chain, [Rule.ISSUER_ENDS_SOON]),
        (issued(authority(at=NOW - 3700 * DAY)).chain, [Rule.ISSUER_EXPIRED]),
        (issued(authority(at=NOW + DAY)).chain, [Rule.ISSUER_NOT_YET_VALID]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) and isinstance(one[0], Rule) else "",
)
def test_each_thing_that_can_be_wrong_has_its_rule(chain: list, expected: list[Rule]):
    found = judge(served(*chain), at=NOW)
    assert [one.rule for one in found] == expected
    assert all(one.sentence.endswith(".") and one.source for one in found)


def test_the_last_second_is_valid_and_the_one_after_is_not():
    ends = LEAF.not_valid_after_utc
    assert rules(served(LEAF, ISSUING), at=ends) == []
    assert rules(served(LEAF, ISSUING), at=ends + DAY / 86400) == [Rule.EXPIRED]


def test_roots_that_are_known_tell_a_whole_chain_from_a_broken_one():
    assert rules(served(LEAF, ISSUING), anchors=[authority().root]) == [Rule.MISSING_INTERMEDIATE]
    assert rules(served(LEAF), anchors=[ISSUING]) == []


def test_another_certificate_than_expected_is_told_from_one_that_was_replaced():
    new, old = "ab" * 32, fingerprint(der(LEAF)[0])
    spelt = ":".join(old[at : at + 2] for at in range(0, 64, 2)).upper()
    assert rules(served(LEAF, ISSUING), expected=spelt) == []
    assert rules(served(LEAF, ISSUING), expected=new) == [Rule.DIFFERENT]
    assert rules(served(LEAF, ISSUING), expected=new, replaced=[spelt]) == [Rule.OLD_STILL_SERVED]


def test_what_was_had_before_a_trouble_is_judged_and_the_trouble_told():
    found = judge(served(LEAF, ISSUING, trouble=Trouble.ALERT), at=NOW)
    assert [(one.rule, one.severity) for one in found] == [(Rule.HANDSHAKE_INCOMPLETE, Severity.WARNING)]
    assert rules(served(trouble=Trouble.TIMED_OUT)) == [Rule.NOT_SERVED]
    assert rules(served(LEAF, ISSUING, count=12)) == [Rule.TOO_MANY]


def test_a_certificate_without_alternative_names_is_for_nobody():
    key = keys.make(KeyKind.EC_P256)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    only = begun.serial_number(1).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY).sign(key, hashes.SHA256())
    assert rules(served(only)) == [Rule.NAME_MISMATCH, Rule.SELF_SIGNED]


@pytest.mark.parametrize(
    ("host", "name", "fits"),
    [
        ("kanta.example.org", "kanta.example.org", True),
        ("KANTA.example.org.", "kanta.Example.org", True),
        ("kanta.example.org", "*.example.org", True),
        ("a.kanta.example.org", "*.example.org", False),
        ("example.org", "*.example.org", False),
        ("kanta.example.org", "k*.example.org", False),
        ("kanta.example.org", "kanta.*.org", False),
        ("example.org", "*.org", False),
        ("kanta.example.org", "*", False),
        ("hämeenlinna.example.org", "hämeenlinna.example.org", True),
        ("xn--hmeenlinna-q5a.example.org", "hämeenlinna.example.org", True),
        ("xn--hmeenlinna-q5a.example.org", "*.example.org", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8:0::1", True),
    ],
)
def test_names_are_compared_as_the_standard_says(host: str, name: str, *, fits: bool):
    written = x509.DNSName(name) if "*" in name else next(iter(names_of(name)))
    assert is_for(host, [written]) is fits


def test_a_number_written_as_a_name_is_for_nobody():
    assert not is_for("192.0.2.1", [x509.DNSName("192.0.2.1")])


@pytest.mark.parametrize(
    ("text", "host", "port", "name"),
    [
        ("Kanta.example.org:443", "kanta.example.org", 443, "kanta.example.org"),
        ("häme.example.org:636", "xn--hme-qla.example.org", 636, "xn--hme-qla.example.org"),
        ("10.0.0.5:5432", "10.0.0.5", 5432, None),
        ("[2001:db8::1]:25", "2001:db8::1", 25, None),
    ],
)
def test_an_endpoint_is_read(text: str, host: str, port: int, name: str | None):
    read = read_endpoint(text)
    assert (read.host, read.port, read.server_name) == (host, port, name)


@pytest.mark.parametrize(
    "text",
    ["kanta.example.org", "host:0", "host:70000", "a b:443", "https://host:443", "-host:1", "x" * 300 + ":1", ":1"],
)
def test_what_is_no_endpoint_is_refused(text: str):
    with pytest.raises(ValueError, match=r"is a host and a port|is no name"):
        read_endpoint(text)


@pytest.mark.parametrize("has_extensions", [False, True])
def test_however_a_message_is_cut_only_whole_certificates_are_read_from_it(*, has_extensions: bool):
    ones = [b"first", b"the second"]
    extra = b"\x00\x02ab" if has_extensions else b""
    entries = b"".join(len(one).to_bytes(3, "big") + one + extra for one in ones)
    body = (b"\x00" if has_extensions else b"") + len(entries).to_bytes(3, "big") + entries
    assert certificates(body, has_extensions=has_extensions) == ones
    for end in range(len(body)):
        found = certificates(body[:end], has_extensions=has_extensions)
        assert found == ones[: len(found)]
