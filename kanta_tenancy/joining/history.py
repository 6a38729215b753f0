"""How the journal names what happened between the main connector and Kela: acts of its own, on its own chain."""

from datetime import datetime

from kanta_tenancy.joining import owing
from kanta_tenancy.joining.model import Application, ChangeNotice
from kanta_tenancy.machinery.postgres.journal import Act, digest_of

Facts = str | int | None


def of_application(done: str, before: Application | None, after: Application, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"joining_application.{done}",
        subject=f"joining_application/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def of_notice(done: str, before: ChangeNotice | None, after: ChangeNotice, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"change_notice.{done}",
        subject=owing.subject(after),
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={"due_on": after.due_on.isoformat(), **facts},
    )
