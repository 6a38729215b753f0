"""The command `demo`: signed agreements from a file, without a service."""

from pathlib import Path

import click
import msgspec

from kanta_tenancy.assembly.demo import make_demo
from kanta_tenancy.assembly.demo_folder import AUTHORITY_FILE, LISTS_FILE, TEXT_REPORT, DemoResult, FolderTaken, summary
from kanta_tenancy.assembly.demo_input import WrongInput, read_input, sample_input
from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.kernel.clock import SystemClock


@click.command()
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into; made when it is not there.",
)
@click.option(
    "--input",
    "file",
    metavar="FILE.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own parties instead of the sample's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
@click.pass_context
def demo(context: click.Context, out: Path, file: Path | None, *, as_json: bool) -> None:
    """Make a set of signed agreements, without a service or a database.

    Takes a main connector, its tenants and what each of them joins from FILE.json (docs/examples/README.md tells of
    its fields), or else from the sample with twelve tenants in three languages. Offers each agreement, lets every
    signatory sign on its own line with a key made on the spot, and verifies the result.

    Writes into DIR a DOCX for each tenant, sample-authority.pem, which is the authority to trust, sample-authority.crl
    with its revocation lists, report.txt and report.json. An earlier demo in DIR is written over; nothing else there is
    touched.

    Ends with 2 when FILE.json cannot be read and with 5 when a rule refuses what it says; then nothing is written.
    """
    try:
        result = make_demo(sample_input() if file is None else read_input(file), out, SystemClock())
    except WrongInput as error:
        raise click.ClickException(f"{file}: {error}") from error
    except FolderTaken as error:
        raise click.ClickException(str(error)) from error
    click.echo(msgspec.json.encode(summary(result)).decode() if as_json else _told(result))
    if not result.all_valid:
        context.exit(Outcome.INVALID)


def _told(result: DemoResult) -> str:
    lines = [
        f"{made.report.verdict}  {made.language}  {len(made.report.signatures)} signatures  {made.file}"
        for made in result.agreements
    ]
    first = result.out / result.agreements[0].file
    return "\n".join(
        [
            *lines,
            "",
            f"{result.out / TEXT_REPORT} tells of each signature. To verify one yourself:",
            f"  kanta-tenancy documents verify {first} --trust {result.out / AUTHORITY_FILE} "
            f"--crl {result.out / LISTS_FILE}",
        ]
    )
