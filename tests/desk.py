"""An operator's desk with a test's database and clock, and the commands that are typed at it."""

import asyncio
from contextlib import AbstractAsyncContextManager

from click.testing import CliRunner

from kanta_tenancy.assembly.command_line import kanta_tenancy
from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.assembly.outcomes import told
from kanta_tenancy.kernel.acting import Actor, ActorKind
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.smtp import Mailer
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.delivering import Post
from kanta_tenancy.seals.keys import SealKeys


class Ended(Record, frozen=True, kw_only=True):
    """How a command ended."""

    code: int
    output: str
    errors: str


class ADesk:
    def __init__(
        self,
        database_url: str,
        clock: Clock,
        *,
        mailer: Mailer | None = None,
        post: Post | None = None,
        seal_keys: SealKeys | None = None,
        endpoint_rules: Rules | None = None,
    ) -> None:
        self.clock = clock
        self._mailer = mailer
        self._post = post
        self._seal_keys = seal_keys
        self._endpoint_rules = endpoint_rules or Rules(EVENTS, None)
        self.operator = Actor(kind=ActorKind.OPERATOR, name="tester")
        self._url = database_url.replace("postgres@", "kanta_service@")

    def database(self) -> AbstractAsyncContextManager[Database]:
        return connect(self._url, size=2)

    def mailer(self) -> Mailer | None:
        return self._mailer

    def post(self) -> Post | None:
        return self._post

    def endpoint_rules(self) -> Rules:
        return self._endpoint_rules

    def seal_keys(self) -> SealKeys | None:
        return self._seal_keys

    async def type(self, *arguments: object, stdin: bytes = b"") -> Ended:
        """Run `kanta-tenancy` with these arguments, in a thread: commands have an event loop of their own."""
        words = [str(argument) for argument in arguments]
        result = await asyncio.to_thread(CliRunner().invoke, kanta_tenancy, words, input=stdin, obj=self)
        if result.exception is None or isinstance(result.exception, SystemExit):
            return Ended(code=result.exit_code, output=result.stdout, errors=result.stderr)
        outcome, sentence = told(result.exception)
        return Ended(code=int(outcome), output=result.stdout, errors=f"{result.stderr}{sentence}\n")
