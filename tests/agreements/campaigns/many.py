"""Many tenants with an agreement in force, made by SQL: brought in from paper, on an older model."""

from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Connection

_NUMBERED: Final = """
CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
SELECT n, lpad(to_hex(n), 32, '0')::uuid AS tenancy,
       ('0000000a-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid AS organisation,
       ('0000000b-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid AS agreement
  FROM generate_series($1::integer, $2::integer) AS n
"""
_STATEMENTS: Final = (
    """
INSERT INTO organisation (id, main_connector_id, business_id, name, language, created_at)
SELECT organisation, $1, 4000000 + n || '-1', 'Praktik ' || n, 'sv', now() FROM numbered
""",
    """
INSERT INTO tenancy (tenancy_id, main_connector_id, organisation_id, reference, created_at)
SELECT tenancy, $1, organisation, 'T-' || n, now() FROM numbered
""",
    """
UPDATE organisation SET tenancy_id = tenancy FROM numbered WHERE id = organisation AND main_connector_id = $1
""",
    """
INSERT INTO soteri_evidence (id, main_connector_id, tenancy_id, organisation_id, finding, entry_reference, checked_on,
                             checked_by, recorded_at)
SELECT gen_random_uuid(), $1, tenancy, organisation, 'registered', 'S-' || n, '2026-02-01', 'Eino', '2026-02-01'
  FROM numbered
""",
    """
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, in_force_on, origin, form,
                       in_force_from)
SELECT agreement, $1, tenancy, '2024-' || n, 'in_force', 1, (ARRAY['fi', 'sv', 'en'])[1 + n % 3], 'kanta', '1.3',
       ARRAY['prescription', 'patient_data'], ARRAY['patient_register'], 2,
       '[{"party": "main_connector", "position": 1, "name": "Old Director", "title": "Director", "mandate": "Register"},
         {"party": "tenant", "position": 1, "name": "Åke Praktik", "title": "Läkare", "mandate": "Firma"}]',
       now(), '2024-05-02', 'imported', 'paper', '2024-05-02 09:00+00'
  FROM numbered
""",
    """
INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since)
SELECT agreement, agreement, $1, tenancy, ARRAY['prescription', 'patient_data'], '2024-05-02' FROM numbered
""",
)


async def add_tenants(owner: Connection, realm: Caller, count: int, *, first: int = 1) -> list[TenancyId]:
    """Give a realm so many tenants, numbered from `first`; every third agreement is in another language."""
    last = first + count - 1
    async with owner.transaction():
        await owner.execute(_NUMBERED, first, last)
        for statement in _STATEMENTS:
            await owner.execute(statement, realm.scope.main_connector_id)
    await owner.execute("ANALYZE")
    return [tenancy(number) for number in range(first, last + 1)]


def tenancy(number: int) -> TenancyId:
    return TenancyId(UUID(int=number))
