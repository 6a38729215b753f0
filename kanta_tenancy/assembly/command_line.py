"""The command `kanta-tenancy`: a table of subcommands, each imported only when it is called."""

import sys
from collections.abc import Mapping, Sequence
from typing import Final

import click

from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.assembly.outcomes import ends_in_one_sentence
from kanta_tenancy.kernel.records import Record

PROGRAM: Final = "kanta-tenancy"


class Subcommand(Record, frozen=True, kw_only=True):
    target: str  # `package.module:name` of a click command or group
    summary: str  # its first sentence, repeated here so that the list needs no import; a test compares
    at_desk: bool = False  # a command of a room, which gets an operator's desk as its `obj`


# In the order in which `--help` lists them.
SUBCOMMANDS: Final[Mapping[str, Subcommand]] = {
    "run": Subcommand(
        target="kanta_tenancy.assembly.run_cli:run",
        summary="Try the service out on a PostgreSQL of its own.",
    ),
    "serve": Subcommand(
        target="kanta_tenancy.assembly.service_cli:serve",
        summary="Serve the API, and do background work beside it.",
    ),
    "work": Subcommand(
        target="kanta_tenancy.assembly.service_cli:work",
        summary="Do background work alone, beside instances that serve.",
    ),
    "migrate": Subcommand(
        target="kanta_tenancy.assembly.service_cli:migrate",
        summary="Bring the database up to this version of the program.",
    ),
    "documents": Subcommand(
        target="kanta_tenancy.assembly.documents_cli:documents",
        summary="Sign Word documents as Microsoft Office does, and verify signed ones.",
    ),
    "certificates": Subcommand(
        target="kanta_tenancy.certificates.cli:certificates",
        summary="Look at certificates, keep an inventory of them, and hold them against what their issuer promises.",
        at_desk=True,
    ),
    "demo": Subcommand(
        target="kanta_tenancy.assembly.demo_cli:demo",
        summary="Make a set of signed agreements, without a service or a database.",
    ),
    "keys": Subcommand(
        target="kanta_tenancy.parties.cli:keys",
        summary="Make, list and revoke access keys.",
        at_desk=True,
    ),
    "organisations": Subcommand(
        target="kanta_tenancy.parties.cli:organisations",
        summary="Bring in organisations, and list main connectors.",
        at_desk=True,
    ),
    "models": Subcommand(
        target="kanta_tenancy.agreements.models.cli:models_",
        summary="Bring in model agreements of your own, and list those there are.",
        at_desk=True,
    ),
    "campaigns": Subcommand(
        target="kanta_tenancy.agreements.campaigns.cli:campaigns",
        summary="Bring a new model agreement to many tenants.",
        at_desk=True,
    ),
    "roster": Subcommand(
        target="kanta_tenancy.joining.cli:roster",
        summary="Write which tenants use which Kanta services on a day, past or future, for the application to Kela.",
        at_desk=True,
    ),
    "joining": Subcommand(
        target="kanta_tenancy.joining.cli:joining",
        summary="Look at how the main connector stands with Kela.",
        at_desk=True,
    ),
    "trust": Subcommand(
        target="kanta_tenancy.trust.cli:trust",
        summary="Say whom the main connector trusts, and what signatures are to reach.",
        at_desk=True,
    ),
    "systems": Subcommand(
        target="kanta_tenancy.systems.cli:systems",
        summary="Look after the register of information systems, and what runs on them.",
        at_desk=True,
    ),
    "disturbances": Subcommand(
        target="kanta_tenancy.disturbances.cli:disturbances",
        summary="Report disturbances, see how they stand, and what is still to be told of them.",
        at_desk=True,
    ),
    "breaches": Subcommand(
        target="kanta_tenancy.breaches.cli:breaches",
        summary="Look into the registers of personal data breaches, and write them out for the authority.",
        at_desk=True,
    ),
    "renewals": Subcommand(
        target="kanta_tenancy.renewals.cli:renewals",
        summary="Look after prescription renewal requests, and report a month of them.",
        at_desk=True,
    ),
    "promises": Subcommand(
        target="kanta_tenancy.assembly.promises_cli:promises",
        summary="Look at what is owed, and whether it is kept.",
        at_desk=True,
    ),
    "agreements": Subcommand(
        target="kanta_tenancy.agreements.cli:agreements_",
        summary="Bring in and put down what was signed elsewhere, and tell what will fall due.",
        at_desk=True,
    ),
    "messages": Subcommand(
        target="kanta_tenancy.messages.cli:messages",
        summary="Try mail and webhooks out, and look after what did not arrive.",
        at_desk=True,
    ),
    "seals": Subcommand(
        target="kanta_tenancy.assembly.seals_cli:seals",
        summary="Look after the service's own seal, for receipts and checkpoints of the journal.",
        at_desk=True,
    ),
    "proof": Subcommand(
        target="kanta_tenancy.assembly.proof_cli:proof",
        summary="Make a proof bundle of an agreement, and verify one that anybody made.",
        at_desk=True,
    ),
    "journal": Subcommand(
        target="kanta_tenancy.assembly.journal_cli:journal",
        summary="Look after the journal of who did what.",
        at_desk=True,
    ),
}


class _Lazy(click.Group):
    """A group that imports a subcommand when it is called, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        subcommand = SUBCOMMANDS.get(cmd_name)
        if subcommand is None:
            return None
        if subcommand.at_desk and ctx.obj is None:
            ctx.obj = load("kanta_tenancy.assembly.desk:OperatorsDesk")()
        command: click.Command = load(subcommand.target)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, subcommand.summary) for name, subcommand in SUBCOMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=PROGRAM, prog_name=PROGRAM, message="%(prog)s %(version)s")
def kanta_tenancy() -> None:
    """Run a Kanta main connector's agreements with its tenants, from draft to signed by both.

    Settings come from the environment: docs/operations/settings.md lists them. Trouble is told in one sentence on
    standard error, and the exit code says of which kind: 2 wrong usage, settings or file, 3 invalid,
    4 indeterminate, 5 refused by a rule, 6 the database or another need unavailable, 70 a fault of the program,
    130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    with ends_in_one_sentence(PROGRAM):
        code = kanta_tenancy.main(arguments, prog_name=PROGRAM, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
