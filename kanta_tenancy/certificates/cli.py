"""Certificates at the command line: the group of commands, and which room brings which."""

import click

from kanta_tenancy.certificates.chains.cli import chain
from kanta_tenancy.certificates.exports.cli import export
from kanta_tenancy.certificates.impact.cli import dependencies, impact
from kanta_tenancy.certificates.inventory.cli import import_, list_
from kanta_tenancy.certificates.looking.cli import inspect, lint
from kanta_tenancy.certificates.looking.probing_cli import probe
from kanta_tenancy.certificates.orders.cli import orders
from kanta_tenancy.certificates.orders.requesting_cli import request
from kanta_tenancy.certificates.warnings.cli import acknowledge, warnings
from kanta_tenancy.certificates.watching.cli import check, endpoints
from kanta_tenancy.machinery.commands import InOrder


@click.group(cls=InOrder)
def certificates() -> None:
    """Look at certificates, keep an inventory of them, and hold them against what their issuer promises."""


# As people come to them: files first, then the inventory, servers, warnings, orders.
for command in (
    *(inspect, lint, probe),
    *(import_, list_, chain, impact, dependencies, export),
    *(endpoints, check),
    *(warnings, acknowledge),
    *(request, orders),
):
    certificates.add_command(command)
