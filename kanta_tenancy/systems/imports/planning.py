"""What of a file is new in the register, what is there already, and what the register knows otherwise. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import BadRow
from kanta_tenancy.systems.imports.examining import Entry, GoodCertificate, GoodDeployment, GoodRelease
from kanta_tenancy.systems.model import Deployment, InformationSystem


class Known(Record, frozen=True, kw_only=True):
    """What the register has of the systems and tenants that a file names."""

    systems: Mapping[str, InformationSystem]  # by the name in the file
    deployments: Mapping[UUID, tuple[Deployment, ...]]  # by system
    tenancies: Mapping[str, TenancyId | None]  # by business id; None: the main connector itself


class Step(Record, frozen=True, kw_only=True):
    """What is to be done for one system."""

    entry: Entry
    existing: InformationSystem | None
    releases: tuple[GoodRelease, ...]
    certificates: tuple[GoodCertificate, ...]
    deployments: tuple[GoodDeployment, ...]


class Plan(Record, frozen=True, kw_only=True):
    steps: tuple[Step, ...]
    already_there: int  # systems, versions, certificates and deployments
    bad: tuple[BadRow, ...]


class _Taken:
    """Which periods of something are taken, by the register or by a row above."""

    def __init__(self) -> None:
        self._periods: dict[object, list[tuple[date, date | None]]] = {}

    def take(self, what: object, since: date, until: date | None) -> None:
        self._periods.setdefault(what, []).append((since, until))

    def has(self, what: object, since: date, until: date | None) -> bool:
        return (since, until) in self._periods.get(what, ())

    def overlaps(self, what: object, since: date, until: date | None) -> bool:
        last = until or date.max
        return any(
            max(since, other) < min(last, other_until or date.max) for other, other_until in self._periods.get(what, ())
        )


def plan(entries: Iterable[Entry], known: Known) -> Plan:
    """Compare the systems of a file with the register."""
    planning = _Planning(known)
    steps = tuple(planning.step(entry) for entry in entries)
    return Plan(steps=steps, already_there=planning.there, bad=tuple(planning.bad))


class _Planning:
    def __init__(self, known: Known) -> None:
        self._known = known
        self.there = 0
        self.bad: list[BadRow] = []

    def step(self, entry: Entry) -> Step:
        existing = self._known.systems.get(entry.said.name)
        self.there += existing is not None
        return Step(
            entry=entry,
            existing=existing,
            releases=self._releases(entry, existing),
            certificates=self._certificates(entry, existing),
            deployments=self._deployments(entry, existing),
        )

    def _releases(self, entry: Entry, existing: InformationSystem | None) -> tuple[GoodRelease, ...]:
        taken = _Taken()
        for one in () if existing is None else existing.releases:
            taken.take(one.number.lower(), one.since, one.until)
        new: list[GoodRelease] = []
        for good in entry.releases:
            number, period = good.said.number.lower(), (good.said.since, good.said.until)
            if taken.has(number, *period):
                self.there += 1
            elif taken.overlaps(number, *period):
                self.bad.append(good.row.bad("version", "that version is in use in that time already"))
            else:
                taken.take(number, *period)
                new.append(good)
        return tuple(new)

    def _certificates(self, entry: Entry, existing: InformationSystem | None) -> tuple[GoodCertificate, ...]:
        known = {
            (one.kind, one.number.lower(), one.last_day)
            for one in (() if existing is None else existing.certificates)
            if one.withdrawn_at is None
        }
        new: list[GoodCertificate] = []
        for good in entry.certificates:
            one = (good.said.kind, good.said.number.lower(), good.said.last_day)
            if one in known:
                self.there += 1
            else:
                known.add(one)
                new.append(good)
        return tuple(new)

    def _deployments(self, entry: Entry, existing: InformationSystem | None) -> tuple[GoodDeployment, ...]:
        taken = _Taken()
        for one in () if existing is None else self._known.deployments.get(existing.id, ()):
            taken.take((one.tenancy_id, one.service), one.since, one.until)
        new: list[GoodDeployment] = []
        for good in entry.deployments:
            if good.tenant not in self._known.tenancies:
                self.bad.append(good.row.bad("tenant", "it is no tenant here: import organisations first"))
                continue
            what = (self._known.tenancies[good.tenant], good.service)
            if taken.has(what, good.since, good.until):
                self.there += 1
            elif taken.overlaps(what, good.since, good.until):
                self.bad.append(good.row.bad("services", f"{good.service} runs there for it in that time already"))
            else:
                taken.take(what, good.since, good.until)
                new.append(good)
        return tuple(new)
