"""Renewals that nobody has recorded: suggested, never done. Pure."""

from typing import Final

from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.certificates.chains.model import Suggested, name_of
from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.severity import Severity

FAMILY: Final = "renewal"
UNRECORDED: Final = "renewal.unrecorded"
_OURS: Final = "this service's own reading: same issuer, same names, a later beginning and end"


def finding(suggested: Suggested) -> Finding:
    """Return that a certificate in use seems to have been renewed, and nobody said that it was replaced."""
    return Finding(
        rule=UNRECORDED,
        severity=Severity.WARNING,
        source=_OURS,
        certainty=Certainty.ASSUMED,
        subject=subject_of(suggested.of_id),
        certificate_id=suggested.of_id,
        sentence=sentence(
            "Samalta myöntäjältä on samoille nimille tullut uudempi varmenne, {name}: voimassa alkaen {begins}, päättyy"
            " {ends}. Kirjatkaa, jos se korvaa tämän; muuten tästä varoitetaan edelleen.",
            "Ett nyare certifikat för samma namn och från samma utfärdare har kommit, {name}: giltigt från {begins}"
            " till {ends}. Anteckna om det ersätter detta; annars fortsätter varningarna för detta.",
            "A newer certificate for the same names and from the same issuer has come, {name}: valid from {begins}"
            " until {ends}. Record it if it replaces this one; otherwise people are still warned of this one.",
            name=name_of(suggested.common_name, suggested.subject, suggested.sha256),
            begins=suggested.not_before,
            ends=suggested.not_after,
        ),
        facts={"successor": str(suggested.id), "successor_sha256": suggested.sha256},
    )
