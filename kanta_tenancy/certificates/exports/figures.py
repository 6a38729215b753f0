"""The inventory of one realm as figures for Prometheus, with the absolute end of each certificate. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from kanta_tenancy.certificates.exports.model import Ending
from kanta_tenancy.certificates.findings.model import OpenCount
from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.inventory.model import Source
from kanta_tenancy.kernel.calendar import start_of_day

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_HEADING: Final = b"#"
_ONE_DAY: Final = timedelta(days=1)


class _Once(Collector):
    """Families that were made by hand, as the library wants to collect them."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


def ends(page: Sequence[Ending], *, first: bool) -> bytes:
    """Return the end of each certificate; of a page that is not the first, without what was said before."""
    family = GaugeMetricFamily(
        "certificate_not_after_timestamp_seconds",
        "Until when a certificate that is in use is valid; still there after that",
        labels=("certificate", "kind", "name"),
    )
    for one in page:
        family.add_metric((str(one.id), one.kind, _name(one)), one.not_after.timestamp())
    text = _text(family)
    return text if first else b"".join(line for line in text.splitlines(keepends=True) if line[:1] != _HEADING)


def of_realm(
    *, snoozed: Sequence[Ending], unreadable: int, sources: Sequence[Source], findings: Sequence[OpenCount]
) -> bytes:
    """Return what else is told of an inventory."""
    return _text(_snoozed(snoozed), _unreadable(unreadable), *_sources(sources), _findings(findings))


def _snoozed(snoozed: Iterable[Ending]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "certificate_snoozed_until_timestamp_seconds", "Until when nobody is told of it", labels=("certificate",)
    )
    for one in snoozed:
        if one.snoozed_until is not None:
            family.add_metric((str(one.id),), start_of_day(one.snoozed_until + _ONE_DAY).timestamp())
    return family


def _unreadable(number: int) -> GaugeMetricFamily:
    return GaugeMetricFamily("certificates_unreadable", "Certificates in use that cannot be read", value=number)


def _sources(sources: Iterable[Source]) -> tuple[GaugeMetricFamily, ...]:
    labels = ("source", "kind")
    held = GaugeMetricFamily(
        "certificate_source_certificates", "How many certificates a source had when it was last read", labels=labels
    )
    read = GaugeMetricFamily(
        "certificate_source_last_read_timestamp_seconds", "When a source could last be read", labels=labels
    )
    trouble = GaugeMetricFamily(
        "certificate_source_in_trouble", "1 when a source could not be read the last time", labels=labels
    )
    for one in sources:
        named = (one.name, one.kind.value)
        held.add_metric(named, one.certificates)
        trouble.add_metric(named, one.trouble is not None)
        if one.last_read_at is not None:
            read.add_metric(named, one.last_read_at.timestamp())
    return held, read, trouble


def _findings(counts: Iterable[OpenCount]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("certificate_findings_open", "What is amiss now", labels=("rule", "severity"))
    for one in counts:
        family.add_metric((one.rule, one.severity.value), one.findings)
    return family


def _name(one: Ending) -> str:
    """Return a certificate's name; none where it is a person's, since figures go far."""
    kind = kinds().get(one.kind)
    return "" if kind is not None and kind.of_person else one.name


def _text(*families: GaugeMetricFamily) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(families))
    return generate_latest(registry)
