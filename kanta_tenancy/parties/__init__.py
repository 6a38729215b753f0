"""Organisations, tenancies, contacts, evidence that they are registered, and who holds a key.

What rooms above use: both parties of a tenancy, who is there for which function, a contact, the rule of Soteri evidence
(`soteri`), the rules for text that a party supplied (`wording`), and files that are brought in as tables.
"""

from kanta_tenancy.parties import soteri, wording
from kanta_tenancy.parties.errors import ContactNotFound, ImportRefused, TenancyNotFound
from kanta_tenancy.parties.imports.examining import day as read_day
from kanta_tenancy.parties.imports.rows import LARGEST_FILE, BadRow
from kanta_tenancy.parties.imports.tables import Row, Table, read_table
from kanta_tenancy.parties.model import (
    ContactPerson,
    Function,
    NamedOnDay,
    PartyFacts,
    Permission,
    Person,
    Reachable,
    Role,
    SoteriCheck,
    SoteriEvidence,
    TenancyLine,
    TheParties,
)
from kanta_tenancy.parties.store.contacts import find as find_contact
from kanta_tenancy.parties.store.contacts import persons, persons_for, reachable
from kanta_tenancy.parties.store.evidence import of_organisations as evidence_of
from kanta_tenancy.parties.store.organisations import main_connector, main_connector_on, with_business_ids
from kanta_tenancy.parties.store.tenancies import (
    check_tenancy,
    tenants_on,
    the_parties,
    the_parties_as_of,
    the_parties_of_many,
)
from kanta_tenancy.parties.store.tenancies import find as find_tenancy
from kanta_tenancy.parties.store.tenancies import of_organisations as tenancies_of
from kanta_tenancy.parties.store.tenancies import page as tenancies_after

__all__ = [
    "LARGEST_FILE",
    "BadRow",
    "ContactNotFound",
    "ContactPerson",
    "Function",
    "ImportRefused",
    "NamedOnDay",
    "PartyFacts",
    "Permission",
    "Person",
    "Reachable",
    "Role",
    "Row",
    "SoteriCheck",
    "SoteriEvidence",
    "Table",
    "TenancyLine",
    "TenancyNotFound",
    "TheParties",
    "check_tenancy",
    "evidence_of",
    "find_contact",
    "find_tenancy",
    "main_connector",
    "main_connector_on",
    "persons",
    "persons_for",
    "reachable",
    "read_day",
    "read_table",
    "soteri",
    "tenancies_after",
    "tenancies_of",
    "tenants_on",
    "the_parties",
    "the_parties_as_of",
    "the_parties_of_many",
    "with_business_ids",
    "wording",
]
