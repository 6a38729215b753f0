"""Pictures and tables in the docs are compared with the code that they tell of."""

import re
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from litestar import Router

from kanta_tenancy import promises
from kanta_tenancy.agreements.campaigns import lifecycle as campaigns
from kanta_tenancy.agreements.campaigns.model import CampaignStatus, Reason, RowState
from kanta_tenancy.agreements.campaigns.redline import Change
from kanta_tenancy.agreements.campaigns.routes import ROUTES as CAMPAIGNS
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.lifecycle import MOVES
from kanta_tenancy.agreements.mandates.model import MandateGround
from kanta_tenancy.agreements.model import Manner, Party, Register, Status
from kanta_tenancy.agreements.routes import routes
from kanta_tenancy.agreements.signing.prepared.model import State as PreparedState
from kanta_tenancy.assembly.application import entries
from kanta_tenancy.assembly.asking import outside, ways_out
from kanta_tenancy.assembly.background import JOBS, Job
from kanta_tenancy.assembly.events import EVENTS, endpoint_rules
from kanta_tenancy.assembly.own_keys import signing_jobs
from kanta_tenancy.assembly.sealing import sealing_jobs
from kanta_tenancy.assembly.sending import sending_jobs
from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.breaches import lifecycle as breaches
from kanta_tenancy.breaches.routes import routes as breach_routes
from kanta_tenancy.certificates.chains.routes import ROUTES as CERTIFICATE_CHAINS
from kanta_tenancy.certificates.exports.routes import ROUTES as CERTIFICATE_EXPORTS
from kanta_tenancy.certificates.findings.routes import ROUTES as CERTIFICATE_FINDINGS
from kanta_tenancy.certificates.impact.routes import ROUTES as IMPACT
from kanta_tenancy.certificates.inventory.lifecycle import MOVES as INVENTORY_MOVES
from kanta_tenancy.certificates.inventory.routes import ROUTES as INVENTORY
from kanta_tenancy.certificates.orders.lifecycle import MOVES as ORDER_MOVES
from kanta_tenancy.certificates.orders.model import OrderState, RevocationReason, Step
from kanta_tenancy.certificates.orders.model import Standing as StepStanding
from kanta_tenancy.certificates.orders.routes import ROUTES as CERTIFICATE_ORDERS
from kanta_tenancy.certificates.warnings.routes import ROUTES as CERTIFICATE_WARNINGS
from kanta_tenancy.certificates.watching.routes import routes as watch_routes
from kanta_tenancy.disturbances import case, lifecycle
from kanta_tenancy.disturbances.follow_ups import model as follow_ups
from kanta_tenancy.disturbances.follow_ups.lifecycle import MOVES as FOLLOW_UP_MOVES
from kanta_tenancy.disturbances.follow_ups.routes import ROUTES as FOLLOW_UPS
from kanta_tenancy.disturbances.jobs import DisturbanceFigures
from kanta_tenancy.disturbances.model import Addressee, Fact, Source
from kanta_tenancy.disturbances.model import Channel as DutyChannel
from kanta_tenancy.disturbances.routes import routes as disturbance_routes
from kanta_tenancy.disturbances.summary.routes import ROUTES as DISTURBANCE_SUMMARY
from kanta_tenancy.joining import lifecycle as joining
from kanta_tenancy.joining.bodies.applications import StepAsked
from kanta_tenancy.joining.model import ChangeKind, Clash
from kanta_tenancy.joining.model import Stage as JoiningStage
from kanta_tenancy.joining.model import Status as NoticeStatus
from kanta_tenancy.joining.routes import ROUTES as JOINING
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.outgoing.errors import Trouble
from kanta_tenancy.machinery.outgoing.smtp import Stage
from kanta_tenancy.machinery.postgres.grouping import Grouping
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.messages.jobs import MessageFigures
from kanta_tenancy.messages.judging import Outcome
from kanta_tenancy.messages.model import Channel, ClosedBecause, State
from kanta_tenancy.messages.routes import routes as message_routes
from kanta_tenancy.parties.model import Function
from kanta_tenancy.promises.figures import PromiseFigures
from kanta_tenancy.promises.lifecycle import MOVES as PROMISE_MOVES
from kanta_tenancy.promises.routes import ROUTES as PROMISES
from kanta_tenancy.proofs.routes import routes as proof_routes
from kanta_tenancy.renewals.figures import RenewalFigures
from kanta_tenancy.renewals.lifecycle import MOVES as RENEWAL_MOVES
from kanta_tenancy.renewals.model import Entitlement, Ground, Kind, Office, Taken, Way
from kanta_tenancy.renewals.model import Reason as RenewalReason
from kanta_tenancy.renewals.model import State as RenewalState
from kanta_tenancy.renewals.routes import ROUTES as RENEWALS
from kanta_tenancy.seals.model import Fate
from kanta_tenancy.seals.routes import ROUTES as SEALS
from kanta_tenancy.systems.lifecycle import MOVES as SYSTEM_MOVES
from kanta_tenancy.systems.model import CertificateKind, Concern, SystemKind, SystemState, WarningOutcome
from kanta_tenancy.systems.routes import ROUTES as SYSTEMS
from kanta_tenancy.trust import lifecycle as trust
from kanta_tenancy.trust.model import AnchorKind, Doubt, Obligation, Published, Standing
from kanta_tenancy.trust.routes import ROUTES as TRUST
from tests.breaches.words import BREACH_WORDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
LINK = re.compile(r"\]\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\)")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


CAMPAIGN_MOVES = campaigns.MOVES | campaigns.ROW_MOVES  # two pictures on one page; their states have other names


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("agreements", MOVES),
        ("promises", PROMISE_MOVES),
        ("joining", {**joining.MOVES, **joining.NOTICE_MOVES}),
        ("systems", SYSTEM_MOVES),
        ("certificates", INVENTORY_MOVES),
        ("certificate-orders", ORDER_MOVES),
        ("renewals", RENEWAL_MOVES),
        ("campaigns", CAMPAIGN_MOVES),
        ("trust", trust.MOVES),
        ("disturbances", lifecycle.MOVES),
        ("follow-ups", FOLLOW_UP_MOVES),
        ("breaches", breaches.MOVES),
    ],
)
def test_the_picture_of_the_lifecycle_is_the_lifecycle(name, moves):
    drawn = {line.strip() for line in page(f"capabilities/{name}.md").splitlines() if "-->" in line}
    assert drawn == {f"{before} --> {after}: {move}" for (before, move), after in moves.items()}


@pytest.fixture
def private(tmp_path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


async def nobody_reports(_: object) -> list[Any]:
    return []


def test_every_job_is_told_of_with_its_rhythm(private):
    told = set(re.findall(r"^\| `([a-z-]+)` \| (\d+) s \| (\d+) s \|", page("jobs.md"), re.MULTILINE))
    rhythms = {(job.name, job.every.total_seconds(), job.first_after.total_seconds()) for job in every_job(private)}
    assert {(name, float(every), float(first)) for name, every, first in told} == rhythms


def test_what_is_done_once_a_day_is_not_done_at_every_start(private):
    assert [job.name for job in every_job(private) if job.every > timedelta(hours=1) > job.first_after] == []


def every_job(keys: Path) -> list[Job]:
    """Return the jobs of an instance that has every way out, and keys beside it."""
    mail = {"KANTA_SMTP_HOST": "mail.example", "KANTA_SMTP_SENDER": "kanta@example.org"}
    settings = read_settings(
        mail | {"KANTA_WEBHOOK_KEY": "k" * 40, "KANTA_SIGNING_KEYS": str(keys), "KANTA_SEAL_KEYS": str(keys)}
    )
    ways = ways_out(settings)
    return [*JOBS, *signing_jobs(settings, ways), *sealing_jobs(settings, ways), *sending_jobs(settings, Stop(), ways)]


def agreement_routes() -> tuple[Router, ...]:
    return routes(lambda _: None, outside(ways_out(read_settings({})), SystemClock()))


@pytest.mark.parametrize(
    ("name", "routers"),
    [
        ("agreements", agreement_routes()),
        ("promises", [PROMISES]),
        ("joining", [JOINING]),
        ("systems", [SYSTEMS]),
        ("certificate-impact", [IMPACT, CERTIFICATE_EXPORTS]),
        ("certificates", [INVENTORY, CERTIFICATE_CHAINS, CERTIFICATE_FINDINGS, watch_routes(())]),
        ("certificate-orders", [CERTIFICATE_ORDERS]),
        ("certificate-warnings", [CERTIFICATE_WARNINGS]),
        ("renewals", [RENEWALS]),
        ("breaches", [breach_routes(None)]),
        ("campaigns", [CAMPAIGNS]),
        ("trust", TRUST),
        ("seals", SEALS),
        ("proofs", [proof_routes(None)]),
        ("follow-ups", [FOLLOW_UPS, DISTURBANCE_SUMMARY]),
        ("disturbances", [disturbance_routes(Grouping(nobody_reports, most=1), None)]),
    ],
)
def test_every_route_of_a_room_is_told_of(name, routers):
    told = set(re.findall(r"^\| `([A-Z]+) (/v1/\S+)` \|", page(f"capabilities/{name}.md"), re.MULTILINE))
    assert told == routes_of(routers)


def routes_of(routers: Iterable[Router]) -> set[tuple[str, str]]:
    """Return method and path of every route, its parameters called `{id}`."""
    return {
        (method, "/v1" + re.sub(r"\{\w+(:\w+)?\}", "{id}", route.path_format).removesuffix("/"))
        for router in routers
        for route in router.routes
        for method in route.methods - {"OPTIONS"}
    }


def routes_told(name: str) -> set[tuple[str, str]]:
    told = re.findall(r"^\| `([A-Z]+) (/v1/\S+)` \|", page(name), re.MULTILINE)
    return {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path in told}


def test_every_route_of_agreements_is_told_of():
    assert routes_told("capabilities/agreements.md") == routes_of(agreement_routes())


def test_every_route_of_messages_is_told_of():
    rules = endpoint_rules(read_settings({}))
    assert routes_told("capabilities/messages.md") == routes_of(message_routes(rules, entries))


def test_every_kind_of_event_is_told_of_with_when_it_comes_and_whether_tenants_get_it():
    line = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| (.+) \| (yes|no) \|$", re.MULTILINE)
    kinds = {(kind.kind, kind.description, "yes" if kind.for_tenants else "no") for kind in EVENTS.values()}
    table = page("capabilities/messages.md").partition("## Webhooks")[2].partition("### ")[0]
    assert set(line.findall(table)) == kinds


def test_every_event_that_a_room_announces_can_be_subscribed_to():
    sources = [file.read_text("utf-8") for file in (ROOT / "kanta_tenancy").rglob("*.py")]
    announced = {tag for source in sources for tag in re.findall(r'\btag="([a-z_]+\.[a-z_]+)"', source)}
    assert announced == set(EVENTS)


def test_every_word_of_the_delivery_log_is_told_of():
    told = page("capabilities/messages.md")
    words = {*Outcome, *Trouble, *Stage} - {Stage.CONTENT, Stage.RECIPIENT, Stage.SENDER}
    assert [word for word in sorted(words) if f"`{word}`" not in told + page("operations/messages.md")] == []


def anchors(file: Path) -> set[str]:
    """Return the addresses of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["agreements", "endings"])
def test_every_rule_of_agreements_is_where_its_page_says(name: str):
    told = re.findall(r"`((?:[a-z_]+/)+[a-z_]+)\.([A-Za-z_.]+)`", page(f"capabilities/{name}.md"))
    assert len(told) > 5
    for file, rule in told:
        if rule == "toml":
            assert (
                (ROOT / "kanta_tenancy" / "agreements" / file.removeprefix("agreements/")).with_suffix(".toml").exists()
            )
            continue
        attrgetter(rule)(import_module(f"kanta_tenancy.agreements.{file.replace('/', '.')}"))


def leads_somewhere(file: Path, target: str, anchor: str) -> bool:
    there = file.parent / target if target else file
    return there.exists() and (not anchor or anchor in anchors(there))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(file: Path):
    links = LINK.findall(file.read_text("utf-8"))
    assert [link for link in links if not leads_somewhere(file, *link)] == []


def test_every_dependency_is_told_of_with_the_version_that_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = chain(
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    )
    locked = chain.from_iterable(
        re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
        for lock in ROOT.glob("requirements*.lock")
    )
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in named}
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9.]+) \|", page("dependencies.md"), re.MULTILINE))
    assert told == {(name, version) for name, version in locked if name in names}
    assert {name for name, _ in told} == names


def test_every_debian_package_that_tests_ask_is_told_of():
    script = (ROOT / "tests" / "interop" / "install.sh").read_text("utf-8")
    listed = script.partition("PACKAGES=(\n")[2].partition("\n)")[0]
    packages = " ".join(line.partition("#")[0] for line in listed.splitlines()).split()
    assert len(packages) > 10
    assert [name for name in packages if f"`{name}`" not in page("dependencies.md")] == []


def test_every_word_of_the_api_for_a_thing_of_the_trade_is_in_the_glossary():
    words = {
        *promises.Owner,
        *promises.State,
        *promises.What,
        *Party,
        *Register,
        *Status,
        *Manner,
        *MandateGround,
        *Function,
        *Channel,
        *State,
        *PreparedState,
        *ClosedBecause,
        *CampaignStatus,
        *RowState,
        *Reason,
        *Change,
        *JoiningStage,
        *StepAsked,
        *NoticeStatus,
        *ChangeKind,
        *Clash,
        *AnchorKind,
        *Standing,
        *Doubt,
        *Published,
        *Level,
        *Obligation,
        *Fate,
        *SystemKind,
        *SystemState,
        *CertificateKind,
        *Concern,
        *WarningOutcome,
        *OrderState,
        *Step,
        *StepStanding,
        *RevocationReason,
        *Fact,
        *Source,
        *Addressee,
        *DutyChannel,
        *case.Kind,
        *case.State,
        *case.Place,
        *case.DutyState,
        *case.Purpose,
        *case.Phase,
        *case.Cause,
        *case.FindingKind,
        *follow_ups.FollowUpKind,
        *follow_ups.Owner,
        *follow_ups.FollowUpState,
        *RenewalState,
        *Kind,
        *Ground,
        *Office,
        *Entitlement,
        *Way,
        *RenewalReason,
        *Taken,
        *BREACH_WORDS,
        *(service.key for service in catalogue.services()),
    }
    glossary = page("glossary.md")
    assert [word for word in sorted(words) if f"`{word}`" not in glossary] == []


def test_every_metric_and_every_line_of_the_log_is_told_of():
    monitoring = page("operations/monitoring.md")
    sources = [file.read_text("utf-8") for file in (ROOT / "kanta_tenancy").rglob("*.py")]
    lines = {
        (event, level)
        for source in sources
        for level, event in re.findall(r'\blog\.(info|warning|error)\(\s*"([^"]+)"', source)
    }
    assert set(re.findall(r"^\| `([^`]+)` \| (info|warning|error) \|", monitoring, re.MULTILINE)) == lines
    metrics = Metrics()
    PromiseFigures(metrics.registry)
    MessageFigures(metrics.registry)
    DisturbanceFigures(metrics.registry)
    RenewalFigures(metrics.registry)
    figures = {family.name for family in metrics.registry.collect() if not family.name.endswith("_created")}
    assert set(re.findall(r"^\| `([a-z_]+)` \| (?:histogram|gauge|counter)", monitoring, re.MULTILINE)) == figures
