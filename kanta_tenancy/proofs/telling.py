"""The report that people read, in the language of the agreement. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from kanta_tenancy.proofs.model import Gathered

_TITLE: Final = Sentence(fi="Todiste sopimuksesta", sv="Bevis om avtalet", en="Proof of agreement")
_ABOUT: Final = Sentence(
    fi="Tämä on palvelun oma selonteko. Tarkistakaa paketti itse: kanta-tenancy proof verify, tai ohjeen proof-bundle.md mukaan.",  # noqa: E501
    sv="Det här är tjänstens egen redogörelse. Kontrollera paketet själv: kanta-tenancy proof verify, eller enligt proof-bundle.md.",  # noqa: E501
    en="This is what the service itself says. Check the bundle yourself: kanta-tenancy proof verify, or as proof-bundle.md tells.",  # noqa: E501
)
_IN_FORCE: Final = Sentence(fi="Voimassa alkaen", sv="I kraft från", en="In force from")
_UNTIL: Final = Sentence(fi="Voimassaolo päättyi tai päättyy", sv="Upphörde eller upphör", en="Ended, or ends, at")
_ORIGINAL: Final = Sentence(
    fi="Alkuperäiskappale, molemmilla sama (SHA-256)",
    sv="Originalet, samma för båda (SHA-256)",
    en="The original, the same for both (SHA-256)",
)
_SIGNATURES: Final = Sentence(fi="Allekirjoitukset", sv="Underskrifter", en="Signatures")
_ACCEPTED: Final = Sentence(fi="hyväksytty", sv="godkänd", en="accepted")
_CERTIFICATE: Final = Sentence(fi="varmenne", sv="certifikat", en="certificate")
_ON_PAPER: Final = Sentence(
    fi="paperilla; tässä on kuva, jota ei voi tarkistaa:",
    sv="på papper; här finns en bild, som inte kan kontrolleras:",
    en="on paper; what is here is a scan, which nothing can verify:",
)
_NONE: Final = Sentence(fi="Ei yhtään.", sv="Inga.", en="None.")
_JOURNAL: Final = Sentence(
    fi="Tapahtumalokin tarkistuspiste {number}, {at}",
    sv="Kontrollpunkt {number} av händelseloggen, {at}",
    en="Checkpoint {number} of the journal, {at}",
)
_STAMPED: Final = Sentence(fi="aikaleimattu", sv="tidsstämplad", en="timestamped")
_UNSTAMPED: Final = Sentence(fi="ei aikaleimaa", sv="ingen tidsstämpel", en="no timestamp")
_VERIFIED: Final = Sentence(
    fi="Tarkistettu pääliittyjän luottamusankkureilla tarkistuspisteen hetkellä",
    sv="Kontrollerad mot huvudanslutarens förtroendeankare vid kontrollpunkten",
    en="Verified by the main connector's trust anchors as of the checkpoint",
)
_VERDICTS: Final = {
    Verdict.VALID: Sentence(fi="pätevä", sv="giltig", en="valid"),
    Verdict.INVALID: Sentence(fi="ei pätevä", sv="ogiltig", en="invalid"),
    Verdict.INDETERMINATE: Sentence(fi="avoin", sv="obestämd", en="indeterminate"),
}


def told(gathered: Gathered, verified: Report | None) -> str:
    """Return the report as text."""
    return "\n".join(_lines(gathered, verified)) + "\n"


def _lines(gathered: Gathered, verified: Report | None) -> Iterator[str]:
    agreement, checkpoint = gathered.agreement, gathered.checkpoint

    def say(sentence: Sentence) -> str:
        return sentence.said_in(agreement.language)

    yield f"{say(_TITLE)} {agreement.reference}"
    yield ""
    yield say(_ABOUT)
    yield ""
    if agreement.in_force_on is not None:
        yield f"{say(_IN_FORCE)}: {agreement.in_force_on.isoformat()}"
    if agreement.in_force_until is not None:
        yield f"{say(_UNTIL)}: {_instant(agreement.in_force_until)}"
    if gathered.documents:
        yield f"{say(_ORIGINAL)}: {gathered.documents[-1].sha256}"
    yield f"{say(_SIGNATURES)}:" if agreement.signatures else f"{say(_SIGNATURES)}: {say(_NONE)}"
    names = {(who.party, who.position): f"{who.name}, {who.title} ({who.mandate})" for who in agreement.signatories}
    for one in agreement.signatures:
        yield f"  {names[one.party, one.position]}"
        yield f"    {say(_ACCEPTED)} {_instant(one.signed_at)}"
        if one.paper is None:
            yield f"    {say(_CERTIFICATE)} {one.certificate_subject}, SHA-256 {one.certificate_sha256}"
        else:
            yield f"    {say(_ON_PAPER)} {one.paper.signed_on.isoformat()}"
    at = say(_JOURNAL).format(number=checkpoint.number, at=_instant(checkpoint.at))
    yield f"{at}: {say(_UNSTAMPED if checkpoint.token is None else _STAMPED)}"
    if verified is not None:
        yield f"{say(_VERIFIED)}: {say(_VERDICTS[verified.verdict])} ({verified.indicated.indication.value})"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
