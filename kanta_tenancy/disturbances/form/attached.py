"""Files that somebody sent with the form: whether they can be kept, with every flaw told in the reader's languages."""

from collections.abc import Sequence
from typing import Final

from kanta_tenancy.agreements.exhibits.kinds import LARGEST, kind_of
from kanta_tenancy.disturbances import checking
from kanta_tenancy.disturbances.form.model import Brought, Wrong
from kanta_tenancy.disturbances.form.words import FILES_AGAIN, flaw
from kanta_tenancy.disturbances.store.reports import MOST_ATTACHMENTS
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import wording

MOST: Final = MOST_ATTACHMENTS
LARGEST_EACH: Final = LARGEST
LARGEST_TOGETHER: Final = 2 * LARGEST
ACCEPTED: Final = (  # what a browser offers to choose from; what a file is, its own bytes say
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/tiff",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain",
)
FIELD: Final = "files"
_MILLION: Final = 1_000_000


def examine(files: Sequence[Brought]) -> tuple[Wrong, ...]:
    """Return what is wrong with the files, as one thing to mend; nothing when all of them can be kept."""
    flaws = [said for number, one in enumerate(files, 1) if (said := _flaw(number, one)) is not None]
    if len(files) > MOST:
        flaws.insert(0, flaw("files_too_many", count=len(files), most=MOST))
    if sum(one.size for one in files) > LARGEST_TOGETHER:
        flaws.insert(0, flaw("files_together", most=LARGEST_TOGETHER // _MILLION))
    return wrong(*flaws) if flaws else ()


def wrong(*flaws: Sentence) -> tuple[Wrong, ...]:
    """Return flaws of files as what is told at their field; a browser gives no file back to a form."""
    told = (*flaws, FILES_AGAIN)
    joined = {language.value: " ".join(one.said_in(language) for one in told) for language in Language}
    return (Wrong(field=FIELD, said=Sentence(**joined)),)


def full() -> tuple[Wrong, ...]:
    """Return that the report, which came before, takes no more files."""
    return wrong(flaw("files_full", most=MOST))


def _flaw(number: int, one: Brought) -> Sentence | None:
    look = wording.Examination()
    name = checking.line("name", one.name, look)
    if look.flaws:
        return flaw("file_name", number=number, longest=wording.LONGEST)
    if one.size > LARGEST:
        return flaw("file_too_large", name=name, most=LARGEST // _MILLION)
    if one.content is None:  # all of them together are too large, which is told once
        return None
    if not one.content:
        return flaw("file_empty", name=name)
    return None if kind_of(one.content) else flaw("file_kind", name=name)
