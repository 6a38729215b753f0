import enum
import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import click
import pytest
from click.testing import CliRunner

from kanta_tenancy.assembly.command_line import SUBCOMMANDS, kanta_tenancy, main
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.assembly.outcomes import CannotServe, Outcome, told
from kanta_tenancy.assembly.settings import WrongSettings
from kanta_tenancy.kernel.errors import Category, DomainError, Flaw
from kanta_tenancy.machinery.postgres.errors import ServerTrouble, UnfitDatabase
from tests.assembly.processes import COMMAND, ROOT, command, environment


def every_command() -> Iterator[tuple[str, ...]]:
    """Return the words of every command and group, the program itself first."""

    def below(words: tuple[str, ...], one: click.Command) -> Iterator[tuple[str, ...]]:
        yield words
        if isinstance(one, click.Group):
            context = click.Context(one)
            for name in one.list_commands(context):
                child = one.get_command(context, name)
                assert child is not None
                yield from below((*words, name), child)

    return below((), kanta_tenancy)


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words) or "itself") for words in every_command()])
def test_every_command_explains_itself(words: tuple[str, ...]):
    result = CliRunner().invoke(kanta_tenancy, [*words, "--help"])
    assert result.exit_code == 0
    explanation = result.output.split("Options:")[0].split("\n", 2)[2].strip()
    assert len(explanation.split()) >= 3, "a help that says nothing"


def test_the_list_repeats_the_first_sentence_of_each_command():
    for name, subcommand in SUBCOMMANDS.items():
        loaded: click.Command = load(subcommand.target)
        assert loaded.get_short_help_str(limit=500) == subcommand.summary, name


@pytest.mark.parametrize(
    ("group", "commands"),
    [
        (
            ["certificates"],
            "inspect lint probe import list chain impact dependencies export"
            " endpoints check warnings acknowledge request orders",
        ),
        (["certificates", "endpoints"], "watch list show end"),
        (["certificates", "orders"], "list show record arrived deployed revoked close cancel"),
    ],
    ids=lambda group: group[-1] if isinstance(group, list) else "",
)
def test_commands_about_certificates_stand_in_the_order_in_which_people_come_to_them(group: list[str], commands: str):
    told = CliRunner().invoke(kanta_tenancy, [*group, "--help"]).output.split("Commands:\n")[1]
    assert [line.split()[0] for line in told.splitlines() if line[2:3].strip()] == commands.split()


def test_help_imports_neither_the_framework_nor_the_driver():
    script = (
        "import sys\nfrom kanta_tenancy.assembly.command_line import main\ntry:\n    main(['--help'])\n"
        "finally:\n    print(sorted({'litestar', 'asyncpg', 'uvicorn', 'lxml', 'cryptography'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["frobnicate"], "No such command 'frobnicate'. See `kanta-tenancy --help`."),
        (["serve", "--fast"], "No such option '--fast'. See `kanta-tenancy serve --help`."),
        (["migrate", "twice"], "Got unexpected extra argument (twice) See `kanta-tenancy migrate --help`."),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"kanta-tenancy: {sentence}\n"


def test_without_a_command_the_help_is_shown_with_exit_code_2():
    for words in ((), ("keys",)):
        result = command(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("Usage: kanta-tenancy")
        assert "Commands:" in result.stderr


def test_output_that_cannot_be_written_is_no_trouble_of_the_database():
    with open("/dev/full", "w") as full:  # noqa: PTH123 -- a device
        result = subprocess.run([*COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (
        2,
        "kanta-tenancy: The output cannot be written: No space left on device.\n",
    )


class NoGood(DomainError):
    slug = "no-good"
    title = "It is no good"
    category = Category.REFUSED


class NotNow(DomainError):
    slug = "not-now"
    title = "Not now"
    category = Category.UNAVAILABLE


@pytest.mark.parametrize(
    ("trouble", "outcome", "sentence"),
    [
        (NoGood("It is no good."), Outcome.REFUSED, "It is no good."),
        (NoGood("Bad.", flaws=(Flaw(field="name", detail="Empty."),)), Outcome.REFUSED, "Bad.\n  name: Empty."),
        (NotNow("Later."), Outcome.UNAVAILABLE, "Later."),
        (WrongSettings(["A is wrong.", "B is wrong."]), Outcome.WRONG_USAGE, "A is wrong.\nB is wrong."),
        (UnfitDatabase("fsync is off."), Outcome.WRONG_USAGE, "fsync is off."),
        (ServerTrouble("in use"), Outcome.UNAVAILABLE, "in use"),
        (CannotServe("port in use"), Outcome.UNAVAILABLE, "port in use"),
        (KeyboardInterrupt(), Outcome.INTERRUPTED, "Interrupted."),
        (click.Abort(), Outcome.INTERRUPTED, "Interrupted."),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.docx"), Outcome.WRONG_USAGE, "a.docx: No such file."),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), Outcome.NOBODY_READS, ""),
        (ConnectionRefusedError("refused"), Outcome.UNAVAILABLE, "The database cannot be reached: refused."),
        (TimeoutError(), Outcome.UNAVAILABLE, "The database cannot be reached: TimeoutError."),
        *(
            (
                kind("x does not exist"),
                Outcome.UNAVAILABLE,
                "The database is not prepared: run `kanta-tenancy migrate`.",
            )
            for kind in (asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError, asyncpg.UndefinedColumnError)
        ),
        (
            asyncpg.InvalidPasswordError('password authentication failed for user "kanta_service"'),
            Outcome.UNAVAILABLE,
            'The database does not let us in: password authentication failed for user "kanta_service".',
        ),
        (
            asyncpg.AdminShutdownError("terminating connection"),
            Outcome.UNAVAILABLE,
            "The database is not available: terminating connection.",
        ),
        (BaseExceptionGroup("", [ServerTrouble("in use")]), Outcome.UNAVAILABLE, "in use"),
    ],
)
def test_known_trouble_is_told_in_its_own_words(trouble: BaseException, outcome: Outcome, sentence: str):
    assert told(trouble) == (outcome, sentence)


def test_a_fault_of_the_program_is_one_sentence_and_the_details_are_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    @click.command()
    def broken() -> None:
        """Divide by nothing at all, to see."""
        print(1 / 0)

    monkeypatch.setitem(kanta_tenancy.__dict__, "get_command", lambda *_: broken)
    with pytest.raises(SystemExit) as ended:
        main(["broken"])
    assert ended.value.code == Outcome.FAULT
    said = capsys.readouterr().err
    assert said.startswith("kanta-tenancy: This is a fault of the program (ZeroDivisionError); ")
    assert said.count("\n") == 1
    details = Path(next(word for word in said.split() if word.endswith(".txt")))
    assert "1 / 0" in details.read_text()
    assert details.stat().st_mode & 0o077 == 0
    details.unlink()


def test_nobody_reading_is_no_trouble():
    with subprocess.Popen(
        [*COMMAND, "--help"], cwd=ROOT, env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == Outcome.NOBODY_READS


def test_exit_code_1_is_never_used():
    assert 1 not in set(Outcome)
    assert issubclass(Outcome, enum.IntEnum)


def test_the_page_about_running_tells_every_exit_code():
    page = (ROOT / "docs" / "operations" / "run.md").read_text("utf-8")
    told_codes = {int(line.split("|")[1]) for line in page.splitlines() if line.startswith("|") and line[2].isdigit()}
    assert told_codes == {int(outcome) for outcome in Outcome}
