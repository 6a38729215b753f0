import json

from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from tests.machinery.ooxml.verification.asking import ask
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, signed

SIGNED = signed(a_document())


def test_the_json_has_the_promised_shape():
    assert json.loads(json.dumps(as_json(ask(SIGNED)))) == {
        "verdict": "valid",
        "indication": "TOTAL-PASSED",
        "sub_indication": None,
        "sentence": {
            "fi": "Asiakirja on pätevästi allekirjoitettu: jokainen allekirjoitus kattaa sen kokonaan, mitään ei ole "
            "muutettu, ja allekirjoittajien varmenteet ovat luotettuja.",
            "sv": "Dokumentet är giltigt undertecknat: varje underskrift omfattar hela dokumentet, ingenting har "
            "ändrats och undertecknarnas certifikat är betrodda.",
            "en": "The document is validly signed: each signature covers all of it, nothing was changed, and the "
            "signers' certificates are trusted.",
        },
        "signatures": [
            {
                "signer": "CN=Aino,O=Hoivakoti,C=FI",
                "integrity": "passed",
                "coverage": "passed",
                "certificate": "passed",
                "trust": "passed",
                "revocation": "passed",
                "algorithms": "passed",
                "time": "unknown",
                "signed_at": "2026-06-01T12:00:00Z",
                "proved_at": None,
                "proved_by": "",
                "indication": "TOTAL-PASSED",
                "sub_indication": None,
                "sentence": {
                    "fi": "Allekirjoitus on pätevä.",
                    "sv": "Underskriften är giltig.",
                    "en": "The signature is valid.",
                },
            }
        ],
        "uncovered": [],
        "reasons": [],
    }


def test_a_reason_names_rule_part_and_signature():
    changed = {**SIGNED, DOCUMENT: SIGNED[DOCUMENT].replace(b"100", b"900")}
    found = as_json(ask(changed))
    assert found["verdict"] == "invalid"
    assert found["reasons"] == [
        {
            "rule": "R5",
            "detail": "The part was changed after it was signed.",
            "part": "/word/document.xml",
            "signature": f"/{SIG1}",
        }
    ]


def test_what_cannot_be_read_is_answered_in_the_same_shape():
    found = as_json(ask(b"no zip"))
    assert set(found) == set(as_json(ask(SIGNED)))
    assert found["verdict"] == "invalid"
    unread = as_json(ask({**SIGNED, SIG1: b"<a/>"}))
    (signature,) = unread["signatures"]
    assert signature["signer"] == ""
    assert signature["signed_at"] is None
    assert set(signature) == set(as_json(ask(SIGNED))["signatures"][0])


def test_the_text_tells_the_same_to_a_reader():
    text = as_text(ask(SIGNED))
    assert text.splitlines()[0] == "valid: 1 signature"
    for piece in ("CN=Aino", "2026-06-01T12:00:00Z", "Hyväksyn", "https://www.example.fi/", "integrity    passed"):
        assert piece in text
    assert "R7 The file is not signed." in as_text(ask(a_document()))


def test_the_text_cannot_steer_a_terminal():
    how = Forgery(office=lambda text: text.replace("Hyväksyn", "&#x202E;ok&#x9B;31m&#10;verdict: valid"))
    text = as_text(ask(signed(a_document(), how)))
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert "\nverdict" not in text
    assert as_text(ask(b"no zip")).splitlines()[:2] == ["invalid: 0 signatures", "TOTAL-FAILED, FORMAT_FAILURE"]
