"""Reading and examining a file, without a database."""

import csv
import io
import json
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.examining import Good, day, examine
from kanta_tenancy.parties.imports.planning import Known, plan
from kanta_tenancy.parties.imports.reading import read
from kanta_tenancy.parties.imports.reading_csv import COLUMNS
from kanta_tenancy.parties.imports.rows import BadRow, Sheet
from kanta_tenancy.parties.model import Finding, Function, Role
from kanta_tenancy.parties.wording import Unfit
from tests.parties.examples import business_id

TODAY = date(2026, 3, 2)
EXAMPLE = (folder("examples") / "organisations.csv").read_bytes()
ONE = {"business_id": business_id(1234567), "name": "Praktik", "language": "sv"}


def table(*lines: dict[str, str], delimiter: str = ";", **layout: str) -> bytes:
    text = io.StringIO(newline="")
    columns = list(dict.fromkeys(column for line in lines for column in line))
    writer = csv.DictWriter(text, columns, delimiter=delimiter, **layout)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def judged(content: bytes) -> tuple[list[Good], list[BadRow]]:
    sheet = read(content)
    unread = frozenset(row.row for row in sheet.bad)
    found = [examine(entry, TODAY, unread) for entry in sheet.entries]
    return [good for good, _ in found if good], [*sheet.bad, *(row for _, bad in found for row in bad)]


def told(bad: list[BadRow]) -> list[tuple[int, str]]:
    return sorted((row.line, row.field) for row in bad)


def test_the_example_in_the_documentation_is_good():
    good, bad = judged(EXAMPLE)
    assert bad == []
    assert [one.role for one in good] == [Role.MAIN_CONNECTOR, Role.TENANT, Role.TENANT]
    assert [len(one.contacts) for one in good] == [2, 1, 2]
    assert all(len(one.evidence) == 1 for one in good)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_spreadsheets_table_reads_alike(mark, delimiter, ending):
    name = 'Praktik; "Ek", \n& Co = 1'
    lines = (
        {**ONE, "oid": "", "contact_email": "a@example.org"},
        {**ONE, "name": "", "contact_email": "b@example.org"},
    )
    content = mark + table(*lines, delimiter=delimiter, lineterminator=ending)
    assert read(content) == read(table(*lines))
    quoted = read(mark + table({**ONE, "name": name}, delimiter=delimiter, lineterminator=ending))
    assert quoted.entries[0].organisation.values["name"] == name


def test_csv_and_json_say_the_same():
    said = [
        {
            **ONE,
            "role": "tenant",
            "contacts": [{"name": "Aino", "email": "a@example.org", "function": "fees", "valid_from": "2026-01-01"}],
            "soteri": [{"entry_reference": "S", "checked_on": "2026-01-01", "checked_by": "Eino"}],
        }
    ]
    flat = {
        **ONE,
        "role": "tenant",
        **{f"contact_{field}": value for field, value in said[0]["contacts"][0].items()},
        **{f"soteri_{field}": value for field, value in said[0]["soteri"][0].items()},
    }
    (from_csv,), _ = judged(table(flat))
    for wrapped in (said, {"organisations": said}):
        (from_json,), _ = judged(json.dumps(wrapped).encode())
        assert from_json.new == from_csv.new
        assert [one.new for one in from_json.contacts] == [one.new for one in from_csv.contacts]
        assert [one.new for one in from_json.evidence] == [one.new for one in from_csv.evidence]


def test_every_flaw_of_every_row_is_told_with_its_line_and_field():
    bad_contact = {
        "contact_name": "\u202e",
        "contact_email": "x",
        "contact_function": "boss",
        "contact_valid_from": "30.2.2026",
    }
    bad_look = {
        "soteri_entry_reference": "",
        "soteri_checked_on": "2026-03-03",
        "soteri_checked_by": "E",
        "soteri_finding": "?",
    }
    content = table(
        {**ONE, **bad_contact, **bad_look, "oid": "1.2", "role": "king"},
        {"business_id": business_id(2000000), "name": "", "language": "de"},
        {"business_id": "1234567-8", "name": "x" * 201, "language": "fi"},
        {"business_id": "", "name": "Nobody", "language": "fi"},
    )
    _, bad = judged(content)
    assert told(bad) == [
        (2, "contact_email"),
        (2, "contact_function"),
        (2, "contact_name"),
        (2, "contact_valid_from"),
        (2, "oid"),
        (2, "role"),
        (2, "soteri_checked_on"),
        (2, "soteri_entry_reference"),
        (2, "soteri_finding"),
        (3, "language"),
        (3, "name"),
        (4, "business_id"),
        (4, "name"),
        (5, "business_id"),
    ]


def test_a_row_is_good_or_bad_as_a_whole():
    person = {"contact_name": "Aino", "contact_email": "a@example.org", "contact_function": "fees"}
    more = {**dict.fromkeys(ONE, ""), "business_id": ONE["business_id"]}
    good, bad = judged(
        table(
            {**ONE, **person},
            {**more, **person, "contact_email": "x"},
            {**more, **person, "contact_function": "technical"},
        )
    )
    assert told(bad) == [(3, "contact_email")]
    assert [one.new.function for one in good[0].contacts] == [Function.FEES, Function.TECHNICAL]
    good, bad = judged(table({**ONE, "name": "", **person}, {**more, **person, "contact_function": "technical"}))
    assert good == []
    assert told(bad) == [(2, "name"), (3, "business_id")]


def test_rows_that_contradict_or_repeat_the_organisation_are_bad():
    person = {"contact_name": "Aino", "contact_email": "a@example.org", "contact_function": "fees"}
    good, bad = judged(table({**ONE, **person}, {**ONE, "name": "Other", **person}, ONE))
    assert told(bad) == [(3, "name")]
    assert len(good[0].contacts) == 1
    planned = plan(good, Known(), business_id(9000000))
    assert told(list(planned.bad)) == [(4, "business_id")]


def test_a_row_that_repeats_an_organisation_is_judged_for_itself():
    good, bad = judged(table({**ONE, "name": "A\u202eB"}, {**ONE, "name": "", "language": "xx"}, ONE))
    assert told(bad) == [(2, "name"), (3, "language"), (3, "name")]
    assert [one.part.line for one in good] == [4]


def test_one_business_id_written_twice_is_one_organisation():
    digits = ONE["business_id"].replace("-", "")
    person = {"contact_name": "Aino", "contact_email": "a@example.org", "contact_function": "fees"}
    good, bad = judged(table(ONE, {**dict.fromkeys(ONE, ""), "business_id": f"FI{digits}", **person}))
    assert (len(good), len(good[0].contacts), bad) == (1, 1, [])


def test_a_row_with_more_cells_than_headings_is_bad_and_one_with_fewer_is_not():
    firm = ONE["business_id"]
    good, bad = judged(f"business_id;name;language;oid\n{firm};A;fi\n{business_id(2000000)};B;sv;;;\n\n;;;\n".encode())
    assert ([one.new.name for one in good], told(bad)) == (["A"], [(3, "")])


def test_lines_are_counted_as_an_editor_does():
    content = table({**ONE, "name": "Two\nlines"}, {**ONE, "business_id": "x"}, lineterminator="\n")
    _, bad = judged(content)
    assert told(bad) == [(2, "name"), (4, "business_id")]
    _, bad = judged(b'[\n {"business_id": "x",\n "name": "A", "language": "fi"},\n\n  {"name": "A", "language": "fi"}]')
    assert told(bad) == [(2, "business_id"), (5, "business_id")]
    assert [row.row for row in bad] == [1, 2]


def test_one_bad_organisation_on_a_line_of_json_does_not_spoil_the_others():
    said = json.dumps([ONE, {**ONE, "business_id": "x"}, {**ONE, "business_id": business_id(2000000), "colour": "red"}])
    good, bad = judged(said.encode())
    assert [one.new.business_id for one in good] == [ONE["business_id"]]
    assert [(row.line, row.row, row.field) for row in bad] == [(1, 3, "colour"), (1, 2, "business_id")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({**ONE, "contacts": {}}, "contacts"),
        ({**ONE, "contacts": [1]}, "contacts"),
        ({**ONE, "contacts": [{"name": 1}]}, "contacts[0].name"),
        ({**ONE, "soteri": [{"x" * 500: "y"}]}, ("soteri[0]." + "x" * 500)[:80]),
        ({**ONE, "name": ["A"]}, "name"),
        (17, ""),
        (None, ""),
    ],
)
def test_what_json_cannot_mean_is_named_by_its_path(said, field):
    good, bad = judged(json.dumps([said]).encode())
    assert good == []
    assert field in [row.field for row in bad]


def test_nothing_is_the_same_as_leaving_it_out_and_a_number_of_5000_digits_is_no_text():
    good, bad = judged(json.dumps([{**ONE, "oid": None}]).encode()[:-1] + b',{"name":' + b"1" * 5000 + b"}]")
    assert (len(good), [(row.row, row.reason) for row in bad]) == (1, [(2, "it cannot be read")])


def test_a_field_given_twice_is_nobodys_guess():
    good, bad = judged(b'[{"business_id": "1", "business_id": "2"}]')
    assert (good, [row.field for row in bad]) == ([], ["business_id"])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"business_id;name\n\xe4", "line 2 is not UTF-8"),
        ("name;language\n".encode("utf-16"), "line 1 is not UTF-8"),
        (b"name;language\nA;fi", "business_id among them"),
        (b"business_id;business_id\n", "each once"),
        (b"business_id;colour\n", "not known: 'colour'"),
        (b'business_id;name\n1;"unfinished', "is no CSV"),
        (b"business_id\n" + b"x" * 200_000, "line 2 is no CSV"),
        (b"[", "no JSON"),
        (b'{"organisations": 1}', "no JSON"),
        (b'{"companies": []}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b" " * 20_000_001, "larger than 20 MB"),
        (b"[" + b"{}," * 20_000 + b"{}]", "20001 organisations"),
        (b"business_id\n" + b"".join(b"%d\n" % number for number in range(20_001)), "20001 organisations"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(content, why):
    with pytest.raises(ImportRefused, match=why) as refusal:
        read(content)
    assert "\n" not in refusal.value.detail


def test_json_that_is_nested_too_deeply_spoils_its_own_organisation_only():
    good, bad = judged(b"[" + b"[" * 900 + b"]" * 900 + b"," + json.dumps(ONE).encode() + b"]")
    assert (len(good), [row.row for row in bad]) == (1, [1])


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"business_id;name\n{text}".encode(errors="replace"))
)
def test_any_bytes_are_read_or_refused(content):
    try:
        sheet = read(content)
    except ImportRefused:
        return
    assert isinstance(sheet, Sheet)


cells = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


@given(
    st.lists(
        st.fixed_dictionaries({"business_id": cells.filter(str.strip)}, optional=dict.fromkeys(COLUMNS[2:], cells)),
        min_size=1,
        max_size=4,
    )
)
def test_cells_come_through_as_they_were_written(lines):
    sheet = read(table(*({column: line.get(column, "") for column in COLUMNS} for line in lines)))
    first, entry = lines[0], sheet.entries[0]
    written = {column: cell for column, cell in first.items() if cell.strip()}
    came = dict(entry.organisation.values)
    for part in (*entry.contacts, *entry.soteri):
        came |= {
            part.path + field: value for field, value in part.values.items() if part.line == entry.organisation.line
        }
    assert came == written


names = st.text(alphabet=string.ascii_letters + "åäöÅÄÖé &<>'\"=+-@;,", min_size=1, max_size=40).filter(
    lambda text: text.strip() and any(map(str.isalnum, text))
)


past = st.dates(date(2000, 1, 1), TODAY)
firms = st.fixed_dictionaries(
    {
        "business_id": st.integers(0, 900_000).map(lambda serial: business_id(serial * 10)),
        "name": names,
        "language": st.sampled_from(Language),
        "contact_name": names,
        "contact_email": st.just("aino@example.org"),
        "contact_function": st.sampled_from(Function),
        "contact_valid_from": past.map(date.isoformat),
        "soteri_entry_reference": names,
        "soteri_checked_on": past.map(lambda day: f"{day.day}.{day.month}.{day.year}"),
        "soteri_checked_by": names,
        "soteri_finding": st.sampled_from(Finding),
    }
)


@given(st.lists(firms, min_size=1, max_size=5, unique_by=lambda firm: firm["business_id"]), st.sampled_from(",;"))
def test_what_is_written_down_is_what_is_meant(lines, delimiter):
    good, bad = judged(table(*lines, delimiter=delimiter))
    assert bad == []
    for one, line in zip(good, lines, strict=True):
        contact, look = one.contacts[0].new, one.evidence[0].new
        assert (one.new.business_id, one.new.name) == (line["business_id"], line["name"].strip())
        assert (one.new.language, contact.function) == (line["language"], line["contact_function"])
        assert (contact.name, contact.email) == (line["contact_name"].strip(), line["contact_email"])
        assert (contact.valid_from.isoformat(), contact.valid_until) == (line["contact_valid_from"], None)
        assert (look.entry_reference, look.checked_by) == (
            line["soteri_entry_reference"].strip(),
            line["soteri_checked_by"].strip(),
        )
        assert (look.checked_on, look.finding) == (day(line["soteri_checked_on"]), line["soteri_finding"])


@pytest.mark.parametrize(
    ("text", "meant"),
    [("2026-03-31", date(2026, 3, 31)), (" 1.2.2026 ", date(2026, 2, 1)), ("29.02.2028", date(2028, 2, 29))],
)
def test_days_are_written_in_two_ways(text, meant):
    assert day(text) == meant


@pytest.mark.parametrize(
    "text", ["30.2.2026", "2026-02-30", "2026-3-1", "1/2/2026", "1.2.26", "0000-01-01", "\u0662026-01-01", "today"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Unfit):
        day(text)
