"""Trouble with a database that an operator mends; kept apart so that telling of it needs no driver."""


class ServerTrouble(Exception):
    """The database server cannot be had; the sentence says why and what to do."""


class UnfitDatabase(ConnectionError):
    """The database can be reached, but must not be worked with; the sentences say why."""
