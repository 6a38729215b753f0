"""Who must tell whom, said a second time and slowly: one sentence of the sources after the other, with no table.

It was written from the clauses, laws and pages themselves, not from the data: where the two differ, one is wrong.
"""

from collections.abc import Collection, Iterator

from kanta_tenancy.disturbances.model import Fact

CRITERIA = (
    Fact.KELA_PREVENTS_USE,
    Fact.KELA_IN_KANTA,
    Fact.KELA_PATIENT_SAFETY,
    Fact.KELA_DATA_PROTECTION,
    Fact.KELA_PLACE_UNCERTAIN,
    Fact.KELA_KEEPS_FROM_KANTA,
)


def told(facts: Collection[Fact]) -> set[tuple[str, str, str]]:
    """Return who tells whom by which source."""
    return {*_clause_4_1(facts), *_clause_4_2(facts), *_section_90(facts), *_kela(facts), *_nis2(facts), *_gdpr(facts)}


def _clause_4_1(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    something = (
        Fact.DISTURBANCE in facts or Fact.DEVIATION in facts or Fact.SECURITY_DISTURBANCE in facts
    )  # whatever of the three it is, the tenant tells the person whom the main connector has named
    if Fact.NOTICED_BY_TENANT in facts and something:
        yield "tenant", "named_person", "contract"
    if Fact.DISTURBANCE in facts:
        if Fact.KANTA_RELATED in facts:
            yield "main_connector", "affected_tenants", "contract"
            yield "main_connector", "kela", "contract"
        else:
            yield "main_connector", "affected_tenants", "own_practice"
    if Fact.DEVIATION in facts:
        yield "main_connector", "manufacturer", "contract"
        if Fact.RISK_TO_SAFETY in facts or Fact.RISK_TO_SECURITY in facts or Fact.RISK_TO_DATA_PROTECTION in facts:
            yield "main_connector", "supervisor", "contract"


def _clause_4_2(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    if Fact.BREACH not in facts and Fact.BREACH_SUSPECTED not in facts:
        return
    yield "main_connector", "breach_register", "own_practice"  # a suspicion too: the register finds the controllers
    if Fact.NOTICED_BY_TENANT in facts:
        yield "tenant", "main_connector", "contract"
    elif Fact.DATA_OF_TENANTS in facts:  # the main connector is the finder, the tenants are the controllers
        yield "main_connector", "tenant_controllers", "contract"
    if Fact.DATA_OF_JOINT_REGISTERS in facts:
        yield "main_connector", "kela", "kela_instruction/breach"
        if Fact.NOTICED_BY_TENANT in facts:
            yield "tenant", "kela", "kela_instruction/breach"


def _section_90(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    who = ["main_connector"]
    if Fact.NOTICED_BY_TENANT in facts:  # a tenant is a service provider of its own
        who.append("tenant")
    for provider in who:
        if Fact.DEVIATION in facts:
            yield provider, "producer", "section_90(1)"
            if Fact.RISK_TO_SAFETY in facts or Fact.RISK_TO_SECURITY in facts:
                yield provider, "supervisor", "section_90(1)"
    if Fact.SECURITY_DISTURBANCE in facts:
        yield "main_connector", "supervisor", "section_90(2)"


def _kela(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    met = [one for one in CRITERIA if one in facts]
    if met:
        yield "main_connector", "kela", "kela_instruction/mail"
    if Fact.CRITICAL_OR_WIDE in facts and (met or Fact.KANTA_RELATED in facts):
        yield "main_connector", "kela", "kela_instruction/phone"


def _nis2(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    if Fact.NIS2_SIGNIFICANT not in facts:
        return
    if Fact.MAIN_CONNECTOR_COVERED in facts:
        for step in ("first", "follow_up", "final"):
            yield "main_connector", "cyber_security_centre", f"nis2/{step}"
        yield "main_connector", "affected_tenants", "nis2"
    if Fact.TENANT_COVERED in facts and Fact.NOTICED_BY_TENANT in facts:
        for step in ("first", "follow_up", "final"):
            yield "tenant", "cyber_security_centre", f"nis2/{step}"
        yield "tenant", "service_recipients", "nis2"


def _gdpr(facts: Collection[Fact]) -> Iterator[tuple[str, str, str]]:
    certain = Fact.BREACH in facts
    if Fact.DATA_OF_TENANTS in facts and (certain or Fact.BREACH_SUSPECTED in facts):
        yield "main_connector", "tenant_controllers", "article 33(2)"
    if certain and Fact.DATA_OF_TENANTS in facts:
        yield "tenant", "data_protection_ombudsman", "article 33(1)"
    if certain and Fact.DATA_OF_MAIN_CONNECTOR in facts:
        yield "main_connector", "data_protection_ombudsman", "article 33(1)"
