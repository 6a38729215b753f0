"""`kanta-tenancy certificates`: what certificates say and what servers serve; no service and no database is needed."""

import click

from kanta_tenancy.certificates.probing_cli import probe


@click.group()
def certificates() -> None:
    """Look at certificates, and hold them against what their issuer promises."""


certificates.add_command(probe)
