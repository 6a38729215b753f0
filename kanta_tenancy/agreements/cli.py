"""Agreements at the command line: `agreements forecast|as-of|import|endings|mandates|signatures|sign-on-paper`."""

import click

from kanta_tenancy.agreements.earlier.cli import import_earlier
from kanta_tenancy.agreements.endings.checklists.cli import endings
from kanta_tenancy.agreements.mandates.cli import mandates_
from kanta_tenancy.agreements.signing.cli import sign_on_paper, signatures
from kanta_tenancy.agreements.timeline.cli import as_of, forecast


@click.group("agreements")
def agreements_() -> None:
    """Bring in and put down what was signed elsewhere, and tell what will fall due."""


for command in (forecast, as_of, import_earlier, endings, mandates_, signatures, sign_on_paper):
    agreements_.add_command(command)
