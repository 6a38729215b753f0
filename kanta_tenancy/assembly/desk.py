"""An operator's place at the command line of the machine: its account and its settings."""

import os
import pwd
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final

from kanta_tenancy.assembly.home import service_url
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.assembly.settings import read_settings, refuse_known_password
from kanta_tenancy.kernel.acting import Actor, ActorKind
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.postgres.fitness import ensure_fit

if TYPE_CHECKING:  # most commands send nothing
    from kanta_tenancy.machinery.outgoing.smtp import Mailer
    from kanta_tenancy.messages.actions.endpoints import Rules
    from kanta_tenancy.messages.delivering import Post
    from kanta_tenancy.seals.keys import SealKeys

_CONNECTIONS: Final = 2  # one for the command's transaction, one for what it asks beside it


class OperatorsDesk:
    """Reads its settings when a command asks for the database, not before: `--help` needs none."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()
        self.operator = Actor(kind=ActorKind.OPERATOR, name=account())

    def database(self) -> AbstractAsyncContextManager[Database]:
        settings = read_settings(os.environ)
        refuse_known_password(settings)
        return connect(service_url(settings), size=_CONNECTIONS, check=ensure_fit)

    def mailer(self) -> "Mailer | None":
        way: Mailer | None = load("kanta_tenancy.assembly.sending:mailer")(read_settings(os.environ))
        return way

    def post(self) -> "Post | None":
        way: Post | None = load("kanta_tenancy.assembly.sending:post")(read_settings(os.environ))
        return way

    def endpoint_rules(self) -> "Rules":
        rules: Rules = load("kanta_tenancy.assembly.events:endpoint_rules")(read_settings(os.environ))
        return rules

    def seal_keys(self) -> "SealKeys | None":
        keys: SealKeys | None = load("kanta_tenancy.assembly.sealing:seal_keys")(read_settings(os.environ))
        return keys


def account() -> str:
    """Return the operating system's name for who runs this; not that of the environment, which anyone can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
