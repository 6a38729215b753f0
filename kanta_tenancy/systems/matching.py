"""Whether what runs for tenancies is what their Annex 1 says (K1.3, K3.1): it warns, never refuses. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.systems.model import Mismatch


def difference(
    tenancy_id: TenancyId, annex: Collection[str], deployed: Collection[str], known: Sequence[str]
) -> Mismatch | None:
    """Return where a tenancy's Annex 1 and what runs for it differ; None: nowhere.

    Args:
        known: the services that Annex 1 can have, in the order of the catalogue; what comes along with them is in none.
    """
    not_in_annex = tuple(key for key in known if key in deployed and key not in annex)
    without_system = tuple(key for key in known if key in annex and key not in deployed)
    if not (not_in_annex or without_system):
        return None
    return Mismatch(tenancy_id=tenancy_id, not_in_annex=not_in_annex, without_system=without_system)


def differences(
    annexes: Mapping[TenancyId, Collection[str]], deployed: Mapping[TenancyId, Collection[str]], known: Sequence[str]
) -> list[Mismatch]:
    """Return where they differ, by tenancy; a tenancy that one side does not have has nothing there."""
    found = (
        difference(one, annexes.get(one, ()), deployed.get(one, ()), known)
        for one in sorted(annexes.keys() | deployed.keys())
    )
    return [one for one in found if one is not None]


def read_up_to(pages: Iterable[Sequence[UUID]], count: int) -> UUID | None:
    """Return up to which tenancy all of these pages, each by tenancy, have everything; None: to the end.

    Args:
        pages: the tenancies of each.
        count: how many were asked for; a page with fewer was the last of its kind.
    """
    return min((page[-1] for page in pages if len(page) == count), default=None)
