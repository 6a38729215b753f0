"""Findings to test with. Say only what matters to the test."""

from typing import Any

from kanta_tenancy.certificates.findings import Finding
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.severity import Severity

SERVER = "certificate_endpoint/019a0000-0000-7000-8000-000000000001"
OTHER = "certificate_endpoint/019a0000-0000-7000-8000-000000000002"


def a_finding(**said: Any) -> Finding:
    return Finding(
        **{
            "rule": "probe.expired",
            "severity": Severity.ERROR,
            "source": "RFC 5280, 4.1.2.5",
            "subject": SERVER,
            "sentence": Sentence(fi="Vanhentunut.", sv="Utgånget.", en="Expired."),
        }
        | said
    )
