"""Links to the form: made by a tenant or its main connector, kept as digests, opening nothing once revoked."""

import uuid

import asyncpg
import msgspec
import pytest

from kanta_tenancy.disturbances.form import actions, store
from kanta_tenancy.disturbances.form.model import Filled, OpenedLink
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from kanta_tenancy.parties import Permission
from tests.agreements.test_plans import nodes
from tests.conftest import someone
from tests.desk import ADesk
from tests.disturbances.examples import NOON, a_said_report
from tests.disturbances.form.examples import filled, linked, opened, sent
from tests.journeys.conftest import client
from tests.parties.examples import EVERYTHING, Tenant, a_key, a_realm, a_tenant
from tests.systems.test_routes import problem

STATEMENTS = {one.name: one for one in vars(store).values() if isinstance(one, Statement)}
WRITES = {"disturbance_form/form.insert_link", "disturbance_form/form.insert_sending"}
PUBLIC = {"disturbance_form/form.look_up", "disturbance_form/form.hold"}  # they reach no row of a realm by its scope


async def test_a_tenant_and_its_main_connector_manage_the_tenants_links(both, anyone):
    own = await linked(both.of_tenant)
    given = await linked(both.main_connector, "Ward 4", tenancy_id=str(both.tenant.tenancy.id))
    main = await linked(both.main_connector, "Service desk")
    assert (own["tenancy_id"], given["tenancy_id"], main["tenancy_id"]) == (
        str(both.tenant.tenancy.id),
        str(both.tenant.tenancy.id),
        None,
    )
    of_tenant = (await both.of_tenant.get("/v1/disturbances/form-links")).json()["items"]
    of_realm = (await both.main_connector.get("/v1/disturbances/form-links?limit=2")).json()
    assert [one["name"] for one in of_tenant] == ["Ward 3", "Ward 4"]
    assert [one["name"] for one in of_realm["items"]] == ["Ward 3", "Ward 4"]
    assert [one["name"] for one in (await both.main_connector.get(of_realm["next"])).json()["items"]] == [
        "Service desk"
    ]
    assert (await both.of_tenant.get(f"/v1/disturbances/form-links/{main['id']}")).status_code == 404
    for made in (own, given, main):
        await opened(anyone, made["path"])


async def test_a_report_by_the_main_connectors_own_link_is_the_main_connectors(both, anyone):
    path = (await linked(both.main_connector, "Service desk"))["path"]
    assert (await sent(anyone, path, await filled(anyone, path))).status_code == 303
    (one,) = (await both.main_connector.get("/v1/disturbances")).json()["items"]
    assert one["tenancy_id"] is None
    assert (await both.of_tenant.get("/v1/disturbances")).json()["items"] == []


async def test_a_revoked_link_and_one_that_never_was_get_the_same_page(both, anyone):
    made = await linked(both.of_tenant)
    path, own = made["path"], f"/v1/disturbances/form-links/{made['id']}"
    fields = await filled(anyone, path)
    where = (await sent(anyone, path, fields)).headers["location"]
    assert (await both.of_tenant.delete(own, headers={"If-Match": '"2"'})).status_code == 412
    revoked = await both.of_tenant.delete(own, headers={"If-Match": '"1"'})
    assert (revoked.status_code, revoked.json()["version"]) == (200, 2)
    assert revoked.json()["revoked_by"] is not None
    again = await both.of_tenant.delete(own, headers={"If-Match": '"2"'})
    assert again.json() == revoked.json()
    never = f"{path[:-3]}xxx"
    answers = [
        await anyone.get(f"{path}?lang=fi"),
        await anyone.get(f"{never}?lang=fi"),
        await anyone.get("/v1/report/short?lang=fi"),
        await anyone.get(where.replace("lang=en", "lang=fi")),
        await anyone.get(f"{path}/status?lang=fi"),
        await sent(anyone, path, fields, "fi"),
        await sent(anyone, never, fields, "fi"),
    ]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert "Tämä linkki ei avaa lomaketta." in answers[0].text
    (one,) = (await both.of_tenant.get("/v1/disturbances")).json()["items"]  # what came through it stays
    assert one["state"] == "reported"


async def test_the_secret_is_told_once_and_kept_nowhere(both, anyone, owner, capsys):
    body, headers = {"name": "Ward 3"}, {"Idempotency-Key": "ward-3"}
    made = (await both.of_tenant.post("/v1/disturbances/form-links", json=body, headers=headers)).json()
    again = await both.of_tenant.post("/v1/disturbances/form-links", json=body, headers=headers)
    assert problem(again) == (409, "secret-shown-once")
    assert "path" not in (await both.of_tenant.get(f"/v1/disturbances/form-links/{made['id']}")).json()
    await sent(anyone, made["path"], await filled(anyone, made["path"]))
    secret = made["path"].rpartition("/")[2]
    tables = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    assert len(tables) > 50
    for table in tables:
        rows = f'SELECT count(*) FROM "{table["relname"]}" AS t WHERE to_jsonb(t)::text LIKE $1'  # noqa: S608
        assert await owner.fetchval(rows, f"%{secret}%") == 0, table["relname"]
    assert secret not in capsys.readouterr().out  # the log


async def test_who_may_not_report_gives_no_link(both, database, clock):
    own = both.tenant.organisation.id
    keys_only = await a_key(database, clock, both.tenant.caller, own, permissions={Permission.KEYS_MANAGE})
    async with client(both.of_tenant._transport.app, keys_only.text) as http:  # noqa: SLF001 -- the same service
        refused = await http.post("/v1/disturbances/form-links", json={"name": "Ward 3"})
    assert problem(refused) == (403, "disturbance-form-link-too-wide")


async def test_a_link_is_for_a_tenant_within_sight_and_has_a_name_that_can_be_shown(both):
    elsewhere = await both.of_tenant.post(
        "/v1/disturbances/form-links", json={"name": "x", "tenancy_id": str(uuid.uuid4())}
    )
    assert problem(elsewhere) == (404, "tenancy-not-found")
    for name in ("a\nb", "Aino 131052-308T"):
        refused = await both.of_tenant.post("/v1/disturbances/form-links", json={"name": name})
        assert problem(refused) == (422, "disturbance-refused")


async def test_the_operator_makes_lists_and_revokes_links(database_url, clock, tenant: Tenant, database):
    at_desk = ADesk(database_url, clock)
    made = await at_desk.type("disturbances", "link", "Ward 3", "--tenant", tenant.organisation.business_id)
    assert made.code == 0
    assert made.output.startswith("/v1/report/")
    link_id = made.errors.split()[-1]
    async with database.unscoped() as connection:
        found = await actions.open_link(connection, made.output.strip().rpartition("/")[2])
    assert (str(found.id), found.tenancy_id) == (link_id, tenant.tenancy.id)
    line = (await at_desk.type("disturbances", "links")).output.rstrip("\n").split("\t")
    assert line == [link_id, "2026-03-02 14:00", "-", str(tenant.tenancy.id), "Ward 3"]
    assert (await at_desk.type("disturbances", "unlink", link_id)).output == "Revoked: Ward 3\n"
    assert (await at_desk.type("disturbances", "links")).output.split("\t")[2] == "2026-03-02 14:00"
    assert (await at_desk.type("disturbances", "unlink", str(uuid.uuid4()))).code == 5
    assert (await at_desk.type("disturbances", "link", "Ward 3", "--tenant", "2900007-3")).code == 5


class Neighbourhood:
    """A tenant's link with a report that came through it, and those who must not reach either."""

    def __init__(self, realm: Caller, tenant: Tenant, others: tuple[Caller, ...], given: dict[str, object]) -> None:
        self.realm = realm
        self.tenant = tenant
        self.others = others
        self.given = given

    def ask(self, statement: Statement) -> dict[str, object]:
        return {name: self.given[name] for name in statement.parameters}


@pytest.fixture
async def around(database, clock, realm, tenant) -> Neighbourhood:
    neighbour = await a_tenant(database, clock, realm, 2900000)
    stranger = await a_realm(database, clock, 2100000)
    impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
    async with database.transaction(tenant.caller) as tx:
        link, _ = await actions.make(tx, clock, name="Ward 3", tenancy_id=None, giver=EVERYTHING)
    opens = OpenedLink(id=link.id, main_connector_id=realm.scope.main_connector_id, tenancy_id=tenant.tenancy.id)
    token = uuid.uuid4()
    async with database.transaction(opens.caller) as tx:
        sending = await actions.send(tx, clock, opens, token, Filled(said=a_said_report()))
    given = {
        "main_connector_id": realm.scope.main_connector_id,
        "link_id": link.id,
        "token": token,
        "report_id": sending.report_id,
        "after": uuid.UUID(int=0),
        "count": 9,
        "revoked_by": "x",
        "at": NOON,
        "version": 1,
    }
    return Neighbourhood(realm, tenant, (neighbour.caller, stranger, impostor), given)


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES - PUBLIC))
async def test_no_statement_reaches_what_belongs_to_others(database, around, name):
    for caller in (*around.others, around.realm):
        async with database.transaction(caller) as tx:
            found = await STATEMENTS[name].all(tx, **around.ask(STATEMENTS[name]))
        assert bool(found) == (caller is around.realm)


def test_every_statement_of_the_form_is_walked():
    written = (QUERIES / "disturbance_form/form.sql").read_text("utf-8").count("-- name: ")
    assert len(STATEMENTS) == written


async def test_nobody_reads_a_digest_or_changes_what_was_sent(database, around):
    for asked in (
        "SELECT secret_sha256 FROM disturbance_form_link",
        "DELETE FROM disturbance_form_link",
        "UPDATE disturbance_form_link SET tenancy_id = NULL",
        "UPDATE disturbance_form_sending SET report_id = report_id",
        "DELETE FROM disturbance_form_sending",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(around.realm) as tx:
                await tx.connection.execute(asked)


FILL = """
SET session_replication_role = replica;
INSERT INTO disturbance_form_link (id, main_connector_id, name, secret_sha256, made_by, made_at, version)
SELECT lpad(to_hex(n), 32, '0')::uuid, $realm, 'x', sha256(n::text::bytea), 'x', now(), 1
  FROM generate_series(1, 20000) AS n;
INSERT INTO disturbance_form_sending
SELECT $realm, NULL, lpad(to_hex(1 + n % 20), 32, '0')::uuid, gen_random_uuid(), sha256(n::text::bytea),
       gen_random_uuid(), gen_random_uuid(), now()
  FROM generate_series(1, 20000) AS n;
SET session_replication_role = origin;
"""


async def test_links_and_what_was_sent_are_found_by_indexes_however_many_there_are(database, around, owner):
    realm = around.realm.scope.main_connector_id
    await owner.execute(FILL.replace("$realm", f"'{realm}'::uuid"))
    await owner.execute("VACUUM ANALYZE")
    for name in sorted(STATEMENTS.keys() - WRITES - PUBLIC):
        statement = STATEMENTS[name]
        given = around.ask(statement)
        arguments = ", ".join(f"'{given[one]}'" for one in statement.parameters)
        async with database.transaction(around.realm) as tx:
            await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
            explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
            await tx.connection.execute("DEALLOCATE asked")
        scans = [node for node in nodes(msgspec.json.decode(explained)[0]["Plan"]) if "Relation Name" in node]
        assert all(node["Node Type"] != "Seq Scan" for node in scans), name
        assert sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in scans) <= 20, name
    asked = "EXPLAIN (FORMAT JSON) SELECT id FROM disturbance_form_link WHERE secret_sha256 = sha256('7')"
    (scan,) = nodes(msgspec.json.decode(await owner.fetchval(asked))[0]["Plan"])
    assert scan["Index Name"] == "disturbance_form_link_secret"
