"""The database has no room for anything of a patient."""

import re

import asyncpg
import pytest

# Every column of text or JSON of the tables that are about requests, and what keeps words out of it.
WORDLESS = {
    "renewal_request": {
        "request_id", "prescription_id", "prescriber_code", "kind", "state", "ground", "passed", "reason",
        "answered_by",
    },
    "renewal_step": {"done", "state", "ground", "way", "party"},
    "renewal_duty": {"owed_by", "outcome", "told_by", "way"},
    "renewal_figure": {"outcome"},
}  # fmt: skip
OF_STAFF = {
    "renewal_unit", "renewal_decision", "prescriber", "prescriber_post", "prescriber_absence", "renewal_prevention",
    "renewal_policy",
}  # fmt: skip
WORDS = ["Matti Meikäläinen", "131052-308T", "+358401234567", "1.2.246.21.131052-308T", "kipulääke loppui"]


async def test_tables_about_requests_have_identifiers_times_and_states_alone(owner):
    rows = await owner.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND (table_name LIKE 'renewal%' OR table_name LIKE 'prescriber%')"
    )
    tables = {row["table_name"] for row in rows}
    assert tables == WORDLESS.keys() | OF_STAFF, "a new table about requests is judged here first"
    for table, known in WORDLESS.items():
        columns = {row["column_name"]: row["data_type"] for row in rows if row["table_name"] == table}
        wordy = {name for name, kind in columns.items() if kind in {"text", "jsonb", "json", "bytea", "ARRAY"}}
        assert wordy == known | ({"state"} & wordy)
        assert {columns[name] for name in wordy} == {"text"}
        others = {kind for name, kind in columns.items() if name not in wordy}
        assert others <= {"uuid", "timestamp with time zone", "integer", "smallint", "bigint", "boolean", "date"}


@pytest.mark.parametrize("column", sorted(WORDLESS["renewal_request"]))
async def test_no_column_about_requests_takes_a_word(practice, owner, column):
    await practice.followed()
    await owner.execute("ALTER TABLE renewal_request DISABLE TRIGGER ALL")
    for word in WORDS:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE renewal_request SET {column} = $1", word)  # noqa: S608 -- a name of WORDLESS


async def test_what_people_are_told_names_no_prescription_and_no_patient(practice, clock, owner):
    request = await practice.followed()
    clock.advance(days=9)
    await practice.work()
    told = await owner.fetch("SELECT row_to_json(notice)::text AS text FROM notice")
    journal = await owner.fetch("SELECT entry AS text FROM journal_entry")
    promised = await owner.fetch("SELECT row_to_json(promise)::text AS text FROM promise")
    sent = await owner.fetch("SELECT row_to_json(outbox)::text AS text FROM outbox")
    assert told
    for row in (*told, *journal, *promised, *sent):
        assert request.prescription_id not in row["text"]
        assert not re.search(r"\b1\.2\.246\.10\.32213086\.10\.(93|77)\b", row["text"])
