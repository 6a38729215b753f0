"""Each rule of each profile, kept and not kept."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.certificates.looking.linting import lint
from kanta_tenancy.certificates.looking.model import Check
from kanta_tenancy.certificates.looking.oddities import told
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.machinery.x509.inspected import Inspected, Oddity, OddityKind
from kanta_tenancy.machinery.x509.inspection import inspect
from kanta_tenancy.machinery.x509.oddities import TOLD
from tests.certificates.looking.servers import DNS, YEAR, inspected, rsa_key, server
from tests.machinery.x509 import der

SECOND = timedelta(seconds=1)
IP = x509.IPAddress(ipaddress.ip_address("192.0.2.1"))
EMAIL = x509.RFC822Name("a@example.org")
LEAP_DAY = datetime(2028, 2, 29, tzinfo=UTC)
SIGNATURE = "dvv-system-signature"


def broken(certificate: x509.Certificate, profile: str = "dvv-server") -> set[str]:
    return {finding.rule for finding in lint(inspected(certificate), profiles()[profile])}


@pytest.mark.parametrize(
    ("wanted", "rules"),
    [
        ({}, set()),
        ({"key": rsa_key(4096)}, set()),
        ({"key": rsa_key(3072)}, {"dvv.server.key"}),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, {"dvv.server.key"}),
        ({"lasts": YEAR + SECOND}, {"dvv.server.validity"}),
        ({"start": LEAP_DAY, "lasts": timedelta(days=366)}, set()),
        ({"start": LEAP_DAY, "lasts": timedelta(days=366) + SECOND}, {"dvv.server.validity"}),
        ({"names": ()}, {"dvv.server.dns_name"}),
        ({"names": (IP,)}, {"dvv.server.dns_name", "dvv.server.not_only_ip"}),
        ({"names": (DNS, IP)}, set()),
        ({"names": (DNS, EMAIL)}, {"dvv.server.no_email"}),
        ({"email": "a@example.org"}, {"dvv.server.no_email"}),
        (
            {"names": (IP,), "email": "a@example.org"},
            {"dvv.server.dns_name", "dvv.server.not_only_ip", "dvv.server.no_email"},
        ),
        ({"usage": ExtendedKeyUsageOID.CLIENT_AUTH}, set()),
        ({"usage": ExtendedKeyUsageOID.CODE_SIGNING}, {"dvv.server.usage"}),
    ],
)
def test_a_server_certificate_keeps_what_dvv_promises_or_the_rule_is_named(wanted: dict, rules: set[str]):
    assert broken(server(**wanted)) == rules


@pytest.mark.parametrize(
    ("wanted", "rules"),
    [
        ({"lasts": 2 * YEAR}, set()),
        ({"lasts": 2 * YEAR + SECOND}, {"dvv.system_signature.validity"}),
        ({"key": rsa_key(3072)}, {"dvv.system_signature.key"}),
        ({"names": ()}, set()),
    ],
)
def test_a_system_signature_certificate_may_last_two_years(wanted: dict, rules: set[str]):
    assert broken(server(**wanted), SIGNATURE) == rules


def test_one_that_begins_in_the_last_years_that_there_are_is_judged_too():
    late = datetime(9999, 1, 1, tzinfo=UTC)
    assert "dvv.server.validity" not in broken(server(start=late, lasts=timedelta(days=300)))


CA, NOT_CRITICAL = bytes.fromhex("551d13"), bytes.fromhex("30030101ff")


@pytest.mark.parametrize(
    ("certificate", "rule"),
    [
        (der.certificate(serial=der.integer(0)), "rfc5280.serial"),
        (der.certificate(serial=der.integer(-1)), "rfc5280.serial"),
        (der.certificate(serial=der.integer(1 << 160)), "rfc5280.serial"),
        (der.certificate(validity=(b"300101000000Z", b"260101000000Z")), "rfc5280.validity"),
        (der.certificate(), "rfc5280.names"),
        (der.certificate(extensions=(der.extension(CA, b"\x05\x00"),)), "rfc5280.extensions"),
        (der.certificate(extensions=(der.extension(CA, NOT_CRITICAL),)), "rfc5280.authority"),
    ],
)
def test_what_rfc_5280_does_not_allow_is_found(certificate: bytes, rule: str):
    seen = inspect(certificate)
    assert isinstance(seen, Inspected)
    assert rule in {finding.rule for finding in lint(seen, profiles()["rfc5280"])}


def test_a_finding_says_where_its_rule_comes_from_and_how_sure_that_is():
    (finding,) = lint(inspected(server(lasts=2 * YEAR)), profiles()["dvv-server"])
    assert finding.source.startswith("dvv.fi")
    assert finding.certainty is Certainty.EXCERPT


def test_every_oddity_and_every_check_has_its_rule():
    rules = [rule for profile in profiles().values() for rule in profile.rules]
    assert {kind for rule in rules for kind in rule.oddities} == set(OddityKind)
    assert {rule.check for rule in rules} == set(Check)


def test_every_rule_that_is_no_oddity_says_what_is_wrong():
    rules = [rule for profile in profiles().values() for rule in profile.rules]
    assert [rule.key for rule in rules if bool(rule.sentence) is (rule.check is Check.NO_ODDITY)] == []
    assert [rule.key for rule in rules if not rule.source] == []


def test_every_oddity_is_told_in_three_languages():
    for kind, (rule, english) in TOLD.items():
        said = told(Oddity(kind=kind, rule=rule, sentence=english, about="1.2.3.4"))
        assert len({said.fi, said.sv, said.en}) == 3
        assert not {"{", "}"} & set(said.fi + said.sv)
    of_extension = told(Oddity(kind=OddityKind.CRITICAL_UNKNOWN, rule="", sentence="", about="1.2.3.4"))
    assert of_extension.fi == "Kriittistä laajennusta ei tunneta tässä: 1.2.3.4."
