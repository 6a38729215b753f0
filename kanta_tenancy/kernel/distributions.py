"""Many numbers told by a few: within how much so many of a thousand are, and what a chart of them says read aloud."""

from collections.abc import Iterable

from kanta_tenancy.kernel.explanation import Sentence


def within(counted: Iterable[tuple[int, int]], permille: int) -> int | None:
    """Return the smallest value that so many of a thousand do not exceed; None: there is none.

    Args:
        counted: values, each with how often it is there.
    """
    found = sorted(counted)
    left = -(-sum(count for _, count in found) * permille // 1000)
    for value, count in found:
        left -= count
        if count and left <= 0:
            return value
    return None


def read_aloud(title: Sentence, bars: Iterable[tuple[str, int]]) -> Sentence:
    """Say a bar chart for whoever does not see it, with its figures.

    Args:
        bars: label and number, in the language in which the sentence is said.
    """
    said = "; ".join(f"{label}: {count}" for label, count in bars)
    return Sentence(
        fi=f"Pylväskaavio. {title.fi}. {said}. Samat luvut ovat alla olevassa taulukossa.",
        sv=f"Stapeldiagram. {title.sv}. {said}. Samma tal finns i tabellen nedan.",
        en=f"Bar chart. {title.en}. {said}. The same figures stand in the table below.",
    )
