"""What the commands of a room get to work with; the assembly makes one from its settings."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from kanta_tenancy.kernel.acting import Actor
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database


class Desk(Protocol):
    """An operator's place at the command line: `obj` of click's context."""

    @property
    def clock(self) -> Clock: ...

    @property
    def operator(self) -> Actor:
        """Who sits here, as the journal names them."""
        ...

    def database(self) -> AbstractAsyncContextManager[Database]:
        """Connect to the service's database, and disconnect at the end."""
        ...
