"""The ways out of this machine, as the settings have them, and the jobs that use them."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from kanta_tenancy import papers
from kanta_tenancy.assembly.asking import WaysOut, asking_jobs
from kanta_tenancy.assembly.background import Job
from kanta_tenancy.assembly.events import signing_keys
from kanta_tenancy.assembly.reminding import outdated
from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.outgoing.smtp import Mailer, MailServer, Protection
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import delivering, mailing
from kanta_tenancy.messages.delivering import Post

log = structlog.get_logger("kanta_tenancy.work")


def mailer(settings: Settings) -> Mailer | None:
    """Return the way to the mail server; None when the settings name none."""
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    return Mailer(
        MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            protection=Protection(settings.smtp_protection),
            sender=settings.smtp_sender,
            username=settings.smtp_username,
            password=settings.smtp_password,
            authorities=settings.smtp_authorities,
        )
    )


def post(settings: Settings) -> Post | None:
    """Return what webhooks are sent with; None when there is no key to sign with.

    What the operator allows inside its own network is for endpoints of main connectors: a tenant's reaches the
    internet alone.
    """
    keys = signing_keys(settings)
    if keys is None:
        return None
    return Post(keys=keys, to_main_connectors=Outgoing(allowed=settings.outgoing_allowed), to_tenants=Outgoing())


async def kept_file(tx: Transaction, of: str) -> bytes | None:
    """Return the bytes of what a mail is to carry: a paper, by the name that the journal has for it."""
    room, _, key = of.partition("/")
    found = await papers.kept(tx, UUID(key)) if room == papers.KEPT_AS else None
    return None if found is None else found.content


def sending_jobs(settings: Settings, stop: Stop, ways: WaysOut) -> tuple[Job, ...]:
    """Return the jobs of the ways out that there are; what failed before has jobs of its own, and holds up no other."""
    way, webhooks = mailer(settings), post(settings)

    def may_go_on() -> bool:
        return not stop.is_asked

    jobs = [*asking_jobs(settings, ways)]
    if way is None:
        log.info("mail is not set up")
    else:
        mails = partial(mailing.send, mailer=way, files=kept_file, may_go_on=may_go_on)
        jobs += [
            Job(name="gather-mails", every=timedelta(seconds=5), run=partial(mailing.gather, outdated=outdated)),
            Job(name="mails", every=timedelta(seconds=1), run=partial(mails, again=False)),
            Job(name="mails-again", every=timedelta(seconds=5), run=partial(mails, again=True)),
        ]
    if webhooks is None:
        log.info("webhooks are not set up")
    else:
        sent = partial(delivering.send, post=webhooks, may_go_on=may_go_on)
        jobs += [
            Job(name="webhooks", every=timedelta(seconds=1), run=partial(sent, troubled=False)),
            Job(name="webhooks-again", every=timedelta(seconds=1), run=partial(sent, troubled=True)),
        ]
    return tuple(jobs)
