"""What a disturbance is in law, who owes it to whom to tell, and how that is told (K4.1b, K4.2)."""

import enum
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Side(enum.StrEnum):
    """Which party of the agreement."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"


class Fact(enum.StrEnum):
    """What duties depend on. Each is told in words in data/facts.toml.

    An event can be four things in law, each a question of its own with duties of its own: a disturbance (clause 4.1), a
    significant deviation (section 90(1)), an information security disturbance (section 90(2)), a personal data breach.
    """

    NOTICED_BY_TENANT = "noticed_by_tenant"  # otherwise the main connector itself noticed it
    DISTURBANCE = "disturbance"
    KANTA_RELATED = "kanta_related"
    CRITICAL_OR_WIDE = "critical_or_wide"
    DEVIATION = "deviation"
    RISK_TO_SAFETY = "risk_to_safety"
    RISK_TO_SECURITY = "risk_to_security"
    RISK_TO_DATA_PROTECTION = "risk_to_data_protection"
    SECURITY_DISTURBANCE = "security_disturbance"
    BREACH_SUSPECTED = "breach_suspected"
    BREACH = "breach"  # it is no longer a suspicion
    DATA_OF_MAIN_CONNECTOR = "data_of_main_connector"
    DATA_OF_TENANTS = "data_of_tenants"
    DATA_OF_JOINT_REGISTERS = "data_of_joint_registers"
    NIS2_SIGNIFICANT = "nis2_significant"
    MAIN_CONNECTOR_COVERED = "main_connector_covered"  # it says that Act 124/2025 covers it
    TENANT_COVERED = "tenant_covered"
    KELA_PREVENTS_USE = "kela_prevents_use"  # the six criteria of Kela's instruction, (a) to (f)
    KELA_IN_KANTA = "kela_in_kanta"
    KELA_PATIENT_SAFETY = "kela_patient_safety"
    KELA_DATA_PROTECTION = "kela_data_protection"
    KELA_PLACE_UNCERTAIN = "kela_place_uncertain"
    KELA_KEEPS_FROM_KANTA = "kela_keeps_from_kanta"


class Source(enum.StrEnum):
    """Where a duty comes from. They are kept apart: a contract, a statute and a practice bind in different ways."""

    CONTRACT = "contract"
    SECTION_90 = "section_90"  # Act 703/2023
    KELA_INSTRUCTION = "kela_instruction"
    NIS2 = "nis2"  # Act 124/2025
    GDPR = "gdpr"
    OWN_PRACTICE = "own_practice"  # this service's own


class Addressee(enum.StrEnum):
    NAMED_PERSON = "named_person"  # whom the main connector has named for reports
    MAIN_CONNECTOR = "main_connector"
    AFFECTED_TENANTS = "affected_tenants"
    BREACH_REGISTER = "breach_register"  # of this service, by which each controller is told
    TENANT_CONTROLLERS = "tenant_controllers"  # those whose data a breach concerns
    KELA = "kela"
    PRODUCER = "producer"
    MANUFACTURER = "manufacturer"
    SUPERVISOR = "supervisor"
    CYBER_SECURITY_CENTRE = "cyber_security_centre"
    DATA_PROTECTION_OMBUDSMAN = "data_protection_ombudsman"
    SERVICE_RECIPIENTS = "service_recipients"  # of the tenant's own services


class Matter(enum.StrEnum):
    """What a room above sees to, once it does: then nobody is chased here, and nothing is told from here."""

    RECORD = "record"  # that a breach stands in the register of breaches
    CONTROLLERS = "controllers"  # that its controllers know
    AUTHORITY = "authority"  # that the Data Protection Ombudsman was notified
    KELA = "kela"  # that Kela was told of a breach of joint registers


class Channel(enum.StrEnum):
    """How somebody is told."""

    SERVICE = "service"  # this service tells them by itself
    MAIL = "mail"
    PHONE = "phone"  # with a note of what was said to whom
    FORM = "form"  # of the authority, with its receipt
    WEBHOOK = "webhook"  # of the addressee, where it takes reports by one


class Counted(enum.StrEnum):
    """From what a time limit is counted."""

    KNOWN = "known"  # when the facts that bring the duty were put down
    DETECTED = "detected"  # when the event was detected
    AWARE = "aware"  # when the controller became aware of the breach
    FOLLOWED_UP = "followed_up"  # when the follow-up notice was given; until then, when it is due


class Answer(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Limit(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """Until when somebody is to be told."""

    key: str
    since: date
    stated: bool  # whether the source itself states it
    certainty: Certainty
    source: str
    meaning: Sentence
    minutes: int | None = None  # elapsed time
    minutes_when_critical: int | None = None  # for what is critical or wide; None: as otherwise
    months: int | None = None  # calendar months, in Finland
    breach_clock: bool = False  # the hours of Article 33, which the kernel counts for every room


class Rule(Record, frozen=True, kw_only=True, rename={"since": "from", "every": "all", "some": "any"}):
    """A row of the table: when somebody must tell somebody else, and by what."""

    key: str
    since: date
    owed_by: Side
    to: Addressee
    source: Source
    clause: str  # of the agreement, section or article
    every: tuple[Fact, ...]  # each of these is so,
    limit: str  # a key of data/limits.toml
    counted: Counted
    channels: tuple[Channel, ...]  # in the order of preference
    certainty: Certainty
    reference: str  # where that was read
    requirement: str  # K4.1b or K4.2
    meaning: Sentence
    some: tuple[Fact, ...] = ()  # and one of these, where there are any,
    none: tuple[Fact, ...] = ()  # and none of these
    matter: Matter | None = None  # by what name a room above can see to it
    document_by_mail: bool = False  # whether a source has it that a document goes there by ordinary mail


class Moments(Record, frozen=True, kw_only=True):
    """When what happened: what time limits are counted from."""

    known: Mapping[Fact, datetime]  # since when each fact has stood
    detected_at: datetime
    aware_at: datetime | None = None  # of a breach, as a controller; None: since the fact has stood
    followed_up_at: datetime | None = None  # under Act 124/2025; None: not yet


class Duty(Record, frozen=True, kw_only=True):
    """That somebody must tell somebody else something, by a rule, by some time."""

    rule: Rule
    limit: Limit
    counted_from: datetime
    due_at: datetime
    facts: tuple[Fact, ...]  # those that bring it

    @property
    def key(self) -> str:
        return self.rule.key


class FactInWords(Record, frozen=True, kw_only=True):
    """What is asked of a fact, and how it is told once it stands."""

    key: Fact
    question: Sentence
    told: Sentence
    source: str
    certainty: Certainty


class Webhook(Record, frozen=True, kw_only=True):
    """By which webhook endpoint an addressee takes reports, and in which language."""

    endpoint_id: UUID
    language: Language


class Authority(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """Whom one tells outside the agreement, as it is known from a day on."""

    key: Addressee
    since: date
    name: Sentence
    certainty: Certainty  # of the name and that it is the right one
    source: str
    unsure_names: tuple[str, ...] = ()  # languages whose name is a working translation
    email: str | None = None
    phone: str | None = None
    form: str | None = None  # the address of its form, or of the page where that is
    contact_certainty: Certainty = Certainty.ASSUMED
    note: Sentence | None = None
    webhook: Webhook | None = None  # only ever said by the main connector


class Override(Record, frozen=True, kw_only=True):
    """How a main connector itself reaches an addressee, in the place of what data or the register of systems say."""

    email: str | None = None
    phone: str | None = None
    form: str | None = None
    webhook: Webhook | None = None


class Pace(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How long people are waited for; this service's own choice."""

    since: date
    acknowledge_minutes: int
    acknowledge_minutes_when_critical: int
    chase_again_minutes: int  # an overdue duty
    same_report_minutes: int  # within which the same content is the same report
    notice_days: int  # before planned maintenance
    fault_days: int  # for a fault to be corrected, until somebody says another day
    follow_up_again_days: int  # until what is overdue is told of again
    certainty: Certainty
    source: str

    def to_acknowledge(self, *, critical: bool) -> timedelta:
        minutes = self.acknowledge_minutes_when_critical if critical else self.acknowledge_minutes
        return timedelta(minutes=minutes)
