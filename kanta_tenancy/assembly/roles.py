"""The two roles of a database, made by an administrator: one that owns the tables, and the service's own."""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg

from kanta_tenancy.assembly.home import SERVICE_PASSWORD, keep_secret
from kanta_tenancy.assembly.outcomes import CannotServe
from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.machinery.postgres.fitness import OLDEST
from kanta_tenancy.machinery.postgres.server import Server

OWNER: Final = "kanta_owner"
SERVICE: Final = "kanta_service"
DATABASE: Final = "kanta"
_ATTRIBUTES: Final = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
_WHO_AND_WHERE: Final = frozenset({"user", "password", "passfile", "database", "dbname"})
_ITERATIONS: Final = 4096  # what PostgreSQL uses; the password is random, so more would only slow each connection

# One text is one transaction. Renaming the database that initdb made is a fifth of a second faster than another.
_PREPARE_OWN: Final = f"""
CREATE ROLE {OWNER} {_ATTRIBUTES};
CREATE ROLE {SERVICE} {_ATTRIBUTES};
ALTER DATABASE postgres RENAME TO {DATABASE};
ALTER DATABASE {DATABASE} OWNER TO {OWNER};
"""


async def connect_as_owner(server: Server) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect to our own PostgreSQL as the owner of the service's database; make both when they are missing."""
    url = server.url(role=OWNER, database=DATABASE)
    if not server.is_fresh:
        try:
            return await asyncpg.connect(url)
        except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError):
            pass  # the run that made the cluster was killed before this
    administrator = await asyncpg.connect(server.url(database="template1"))
    try:
        await administrator.execute(_PREPARE_OWN)
    finally:
        await administrator.close()
    return await asyncpg.connect(url)


async def prepare_other(administrator: Connection, url: str, home: Path) -> str:
    """Make the service's role on a PostgreSQL that is not ours and return the address it connects with.

    The role's random password is kept in `home`; when that file is not there, the role gets a new one.

    Raises:
        CannotServe: the server is too old or the database is not in UTF-8.
    """
    await _ensure_usable(administrator)
    file = home / SERVICE_PASSWORD
    exists = await administrator.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", SERVICE)
    if not exists or not file.is_file():
        password = file.read_text("utf-8").strip() if file.is_file() else secrets.token_urlsafe(32)
        keep_secret(file, password)
        verb = f"ALTER ROLE {SERVICE}" if exists else f"CREATE ROLE {SERVICE} {_ATTRIBUTES}"
        await administrator.execute(f"{verb} PASSWORD '{scram_verifier(password)}'")
    database = str(await administrator.fetchval("SELECT current_database()"))
    quoted = '"' + database.replace('"', '""') + '"'
    await administrator.execute(f"GRANT CONNECT ON DATABASE {quoted} TO {SERVICE}")
    return as_service(url, database, file.read_text("utf-8").strip())


async def _ensure_usable(administrator: Connection) -> None:
    version = int(await administrator.fetchval("SHOW server_version_num"))
    if version < OLDEST:
        raise CannotServe(f"KANTA_DATABASE_URL leads to PostgreSQL {version // 10000}: it must be 15 or newer.")
    encoding = await administrator.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise CannotServe(f"KANTA_DATABASE_URL leads to a database in {encoding}: it must be in UTF8.")


def as_service(url: str, database: str, password: str) -> str:
    """Return an administrator's address turned into the service's, on the same hosts with the same options."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    options = [(name, value) for name, value in parse_qsl(parts.query) if name not in _WHO_AND_WHERE]
    netloc = f"{SERVICE}:{quote(password, safe='')}@{hosts}"
    return urlunsplit(("postgresql", netloc, f"/{quote(database, safe='')}", urlencode(options), ""))


def scram_verifier(password: str) -> str:
    """Return what PostgreSQL keeps of a password, so that the password itself is in no statement and no log.

    Source:
        RFC 5803 and RFC 7677; the text is that of PostgreSQL's pg_authid.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${_ITERATIONS}:{salt64}${stored64}:{server64}"
