import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509.description import describe, human_name
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from tests.machinery.x509 import der

GIVEN, SURNAME, ORGANISATION = bytes.fromhex("55042a"), bytes.fromhex("550404"), bytes.fromhex("55040a")


def named(*attributes: tuple[bytes, str]) -> str:
    subject = b"".join(der.attribute(oid, value.encode()) for oid, value in attributes)
    return human_name(certificate_from_der(der.certificate(subject=subject)))


def test_a_description_tells_names_serial_validity_fingerprint_and_key():
    subject = der.attribute(der.COUNTRY, b"FI", der.PRINTABLE) + der.attribute(der.COMMON_NAME, "Öhman, Aino".encode())
    description = describe(certificate_from_der(der.certificate(subject=subject, serial=der.integer(0xABC))))
    assert description.subject == r"CN=Öhman\, Aino,C=FI"
    assert description.issuer == description.subject
    assert (description.name, description.serial, description.key) == ("Öhman, Aino", "0abc", "EC P-256")
    assert description.not_before.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        (((ORGANISATION, "Apteekki Oy"), (der.COMMON_NAME, "Aino Öhman")), "Aino Öhman"),
        (((ORGANISATION, "Apteekki Oy"), (GIVEN, "Aino"), (SURNAME, "Öhman")), "Aino Öhman"),
        (((SURNAME, "Öhman"),), "Öhman"),
        (((ORGANISATION, "Apteekki Oy"),), "Apteekki Oy"),
        (((der.COMMON_NAME, ""), (ORGANISATION, "Apteekki Oy")), "Apteekki Oy"),
        (((der.COUNTRY, "FI"),), "C=FI"),
    ],
)
def test_the_human_name_is_the_nearest_thing_to_a_name_that_is_there(attributes: tuple, name: str):
    assert named(*attributes) == name


def test_a_certificate_without_any_name_is_called_by_its_fingerprint():
    certificate = certificate_from_der(der.certificate())
    assert human_name(certificate) == describe(certificate).fingerprint


@given(st.text(alphabet=st.sampled_from("aÄ \n\t\x00\u202e\u200b\u2066"), max_size=12))
def test_what_cannot_be_seen_is_not_in_a_human_name(text: str):
    assert not set(named((der.COMMON_NAME, text), (ORGANISATION, "x"))) & set("\n\t\x00\u202e\u200b\u2066")
