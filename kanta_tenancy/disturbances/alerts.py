"""What a monitoring system sends, as a report: in the words of Prometheus Alertmanager and Grafana. Pure."""

import enum
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import SaidReport
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.kernel.records import Record

SERVICE: Final = "kanta_service"  # a label that names a key of the catalogue
_NAMES: Final = ("summary", "description", "message")  # annotations, the one that says most first
_LEFT_OUT: Final = "(A line was left out: it held a personal identity code.)"
_NAMELESS: Final = "An alert without a name"
_MOST_ALERTS: Final = 50
_LONGEST_LINE: Final = 300
_LONGEST_WHAT: Final = 4_000
_LONGEST_SYMPTOM: Final = 2_000


class AlertState(enum.StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


class Alert(Record, frozen=True, kw_only=True):
    status: AlertState
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    fingerprint: str


class AlertGroup(Record, frozen=True, kw_only=True):
    """Alerts that belong together: they are one event, and one call to the named person."""

    key: str
    alerts: tuple[Alert, ...]

    @property
    def is_firing(self) -> bool:
        return any(one.status is AlertState.FIRING for one in self.alerts)


class Taken(Record, frozen=True, kw_only=True):
    """What became of something that was sent."""

    disturbance_id: UUID
    report_id: UUID


def digest_of_group(group: AlertGroup) -> bytes:
    return hashlib.sha256(group.key.encode()).digest()


def digest_of(group: AlertGroup) -> bytes:
    """Return what is the same when a monitoring system sends it again: which alerts, since when, whether they go on."""
    stands = sorted((one.fingerprint, one.starts_at.isoformat(), one.status.value) for one in group.alerts)
    return hashlib.sha256(msgspec.json.encode(stands)).digest()


def report_of(group: AlertGroup) -> SaidReport:
    """Return what a group of alerts reports.

    A machine mends nothing that is refused: what cannot be kept is cut or left out, and said so.
    """
    firing = [one for one in group.alerts if one.status is AlertState.FIRING]
    about: Sequence[Alert] = firing or group.alerts
    return SaidReport(
        what=_within("\n".join(_clean(map(_said, about))), _LONGEST_WHAT) or _NAMELESS,
        since=min(one.starts_at for one in about),
        ongoing=bool(firing),
        service=next((one.labels[SERVICE] for one in about if SERVICE in one.labels), None),
        symptom=_within("\n".join(_clean(map(_labels, about))), _LONGEST_SYMPTOM) or None,
    )


def _said(alert: Alert) -> str:
    name = alert.labels.get("alertname", "")
    said = next((alert.annotations[one] for one in _NAMES if alert.annotations.get(one, "").strip()), "")
    return ": ".join(filter(None, (name, said)))


def _labels(alert: Alert) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()) if name != SERVICE)


def _clean(texts: Iterable[str]) -> list[str]:
    """Return each text once, as a line that can be shown; the first of them where there are very many."""
    found = []
    for text in texts:
        composed = unicodedata.normalize("NFC", text)
        shown = " ".join("".join(one if one.isprintable() else " " for one in composed).split())
        if any(map(str.isalnum, shown)):
            found.append(_LEFT_OUT if holds_personal_identity_code(shown) else _within(shown, _LONGEST_LINE))
    return list(dict.fromkeys(found))[:_MOST_ALERTS]


def _within(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
