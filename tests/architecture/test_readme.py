"""What the README lists is what there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from kanta_tenancy.assembly.command_line import SUBCOMMANDS
from kanta_tenancy.assembly.lazily import load

ROOT = Path(__file__).parents[2]


def commands() -> Iterator[str]:
    for name, subcommand in SUBCOMMANDS.items():
        yield from commands_of(name, load(subcommand.target))


def commands_of(words: str, command: click.Command) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield words
        return
    for name, below in command.commands.items():
        yield from commands_of(f"{words} {name}", below)


def test_every_command_is_told_of_in_the_readme():
    told = re.findall(r"^\| `kanta-tenancy ([a-z -]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert told == list(commands())


def test_every_target_of_make_is_told_of_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(targets) > 5
    assert [name for name in targets if name != "help" and f"| `make {name}` |" not in readme] == []
