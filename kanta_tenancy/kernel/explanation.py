"""How a rule came to its result, so that a person can check it: rule, source, inputs, steps, in three languages."""

from datetime import date, datetime

from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.languages import Language, written_day
from kanta_tenancy.kernel.records import Record

Value = str | int | date | datetime


class Sentence(Record, frozen=True, kw_only=True):
    """One plain sentence in each of the languages that people are told things in."""

    fi: str
    sv: str
    en: str

    def said_in(self, language: Language) -> str:
        return {Language.FINNISH: self.fi, Language.SWEDISH: self.sv, Language.ENGLISH: self.en}[language]


class Explanation(Record, frozen=True, kw_only=True):
    """What a pure rule answers beside its result."""

    rule: str  # an id of the requirements, such as K20.1
    sources: tuple[str, ...]  # clauses and laws, as docs/sources.md names them, the deciding one first
    inputs: dict[str, str]  # what went in, by name; days and instants as ISO 8601
    steps: tuple[Sentence, ...]  # in the order of the reasoning
    result: str  # what came out, as ISO 8601 or a word of the API


def sentence(fi: str, sv: str, en: str, **values: Value) -> Sentence:
    """Write a sentence in three languages, its values as each language writes them.

    Args:
        values: put where the texts have `{name}`; days are written as a text does, and instants as the day and the
            time of day in Finland.

    Raises:
        ValueError: an instant has no time zone.
        KeyError: a text asks for a value that is not there.
    """
    texts = {Language.FINNISH: fi, Language.SWEDISH: sv, Language.ENGLISH: en}
    return Sentence(
        **{
            language.value: text.format(**{name: _written(value, language) for name, value in values.items()})
            for language, text in texts.items()
        }
    )


def _written(value: Value, language: Language) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant must carry a time zone")
        local = value.astimezone(HELSINKI)
        mark = ":" if language is Language.ENGLISH else "."
        return f"{written_day(local.date(), language)} {local.hour}{mark}{local.minute:02}"
    if isinstance(value, date):
        return written_day(value, language)
    return str(value)
