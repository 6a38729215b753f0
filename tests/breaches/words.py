"""The words of the API for what the room of breaches knows; the glossary has each."""

from kanta_tenancy.breaches import model
from kanta_tenancy.breaches.duties import DutyKind, DutyState

BREACH_WORDS = {
    *model.PartyKind,
    *model.RegisterKind,
    *model.Part,
    *model.State,
    *model.Move,
    *model.Damage,
    *model.AwareGround,
    *model.Risk,
    *model.Item,
    *model.Addressee,
    *model.Exemption,
    *model.HelpState,
    *DutyKind,
    *DutyState,
}
