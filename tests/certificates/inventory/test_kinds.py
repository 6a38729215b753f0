"""Which kind a certificate seems to be, by what it says. No database."""

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kanta_tenancy.certificates.inventory.kinds import BASICS, guess, kinds
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.machinery.x509.inspected import Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect
from tests.certificates.inventory.examples import AUTHORITY, SERVER, SIGNS, der

PERSON = ((NameOID.GIVEN_NAME, "Aino"), (NameOID.SURNAME, "Malli"))


def used_for(*usages: x509.ObjectIdentifier) -> tuple[x509.ExtensionType, ...]:
    return (x509.ExtendedKeyUsage(usages),)


@pytest.mark.parametrize(
    ("said", "kind", "profile"),
    [
        ({"extensions": SERVER}, "server", "dvv-server"),
        ({"extensions": used_for(ExtendedKeyUsageOID.CLIENT_AUTH)}, "server", "dvv-server"),
        ({"extensions": SERVER, "issuer": "DVV TEST Service Certificates"}, "server_test", "dvv-server"),
        ({"extensions": SERVER, "issuer": "Testbed of VRK"}, "server", "dvv-server"),  # `test` is no word in it
        ({"extensions": SERVER, "issuer": "Internal CA"}, "server", BASICS),
        ({"extensions": SIGNS}, "system_signature", "dvv-system-signature"),
        ({"extensions": SIGNS, "issuer": "DVV testi"}, "system_signature_test", "dvv-system-signature"),
        ({"extensions": SIGNS, "subject": PERSON}, "professional_card", BASICS),
        ({"extensions": (*SIGNS, *AUTHORITY)}, "authority", BASICS),
        ({"extensions": used_for(ExtendedKeyUsageOID.TIME_STAMPING)}, "timestamping", BASICS),
        ({"extensions": used_for(ExtendedKeyUsageOID.OCSP_SIGNING)}, "ocsp", BASICS),
        ({"extensions": [x509.SubjectAlternativeName([x509.DNSName("a.example.org")])]}, "server", "dvv-server"),
        ({"extensions": []}, "other", BASICS),
    ],
)
def test_the_kind_is_guessed_from_what_a_certificate_says(said, kind, profile):
    guessed = guess(inspect(der(**said)))
    assert (guessed.kind, guessed.profile) == (kind, profile)


def test_of_what_cannot_be_read_nothing_is_guessed():
    guessed = guess(Unreadable(sha256="", why="x"))
    assert (guessed.kind, guessed.profile) == ("other", None)


def test_every_twin_and_every_profile_that_a_kind_names_is_there():
    for kind in kinds().values():
        assert kind.test is None or kind.test in kinds()
        assert kind.profile is None or kind.profile in profiles()
