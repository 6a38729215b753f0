"""Papers are found by what they are about, however many there are."""

import uuid

from kanta_tenancy.papers import store
from tests.conftest import someone
from tests.plans import plans

MANY = 4_000
FILL = """
SET session_replication_role = replica;
INSERT INTO paper (id, main_connector_id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate,
                   content, made_by, made_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $realm, CASE WHEN n % 2 = 0 THEN lpad(to_hex(7), 32, '0')::uuid END,
       'thing/' || n / 10, 'fi', 'x', encode(sha256(n::text::bytea), 'hex'), encode(sha256(n::text::bytea), 'hex'), 1,
       repeat('a', 64), 'x', 'x', now()
  FROM generate_series(1, 4000) AS n;
SET session_replication_role = origin;
"""
LAST = uuid.UUID(int=(1 << 128) - 1)


async def test_every_question_reads_what_is_about_the_same_and_no_more(database, realm, owner):
    await owner.execute(FILL.replace("$realm", f"'{realm.scope.main_connector_id}'::uuid"))
    await owner.execute("VACUUM ANALYZE paper")
    about = {"about": "thing/70"}
    said = {"language": "fi", "said_sha256": "0" * 64}
    for caller in (realm, someone(realm.scope.main_connector_id, uuid.UUID(int=7))):
        for statement, given in (
            (store.PAGE, about | {"before": LAST, "count": 51}),
            (store.SAME, about | said),
            (store.FIND, about | {"id": uuid.UUID(int=705)}),
            (store.KEPT, {"id": uuid.UUID(int=705)}),
            (store.EVERY, {"abouts": ["thing/70", "thing/71"]}),
        ):
            for plan in await plans(database, caller, statement, tables=("paper",), **given):
                assert plan.read("paper") <= 20, statement.name
                assert plan.indexes("paper") <= {"paper_about", "paper_once", "paper_pkey"}
