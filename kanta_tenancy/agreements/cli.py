"""Agreements at the command line: `agreements import|forecast|endings`."""

import click

from kanta_tenancy.agreements.earlier.cli import import_earlier
from kanta_tenancy.agreements.endings.checklists.cli import endings
from kanta_tenancy.agreements.timeline.cli import forecast


@click.group("agreements")
def agreements_() -> None:
    """Bring in agreements that were signed before, and tell what will fall due."""


for command in (forecast, import_earlier, endings):
    agreements_.add_command(command)
