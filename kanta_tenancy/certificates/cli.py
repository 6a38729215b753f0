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


@click.group()
def certificates() -> None:
    """Look at certificates, keep an inventory of them, and hold them against what their issuer promises."""


certificates.add_command(inspect)
certificates.add_command(lint)
certificates.add_command(probe)
certificates.add_command(import_)
certificates.add_command(list_)
certificates.add_command(endpoints)
certificates.add_command(check)
certificates.add_command(impact)
certificates.add_command(dependencies)
certificates.add_command(export)
certificates.add_command(chain)
certificates.add_command(request)
certificates.add_command(orders)
certificates.add_command(warnings)
certificates.add_command(acknowledge)
