import asyncio

from kanta_tenancy.kernel.errors import Category, DomainError
from tests.machinery.web.conftest import application, client_of


class CannotSign(DomainError):
    slug = "cannot-sign"
    title = "Nothing can be signed"
    category = Category.UNAVAILABLE


async def passes() -> None:
    return None


async def refuses() -> None:
    raise CannotSign("The key is gone.")


async def never_ends() -> None:
    await asyncio.Event().wait()


async def test_ready_when_every_check_passes(database, clock, keys):
    async def asks() -> None:
        async with database.unscoped() as connection:
            await connection.execute("SELECT 1")

    async with client_of(application(database, clock, keys, checks={"database": asks, "signing": passes})) as client:
        answer = await client.get("/health/ready?from=a-probe")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "checks": {"database": "ok", "signing": "ok"}},
    )


async def test_not_ready_when_one_fails_or_takes_too_long_and_the_others_are_still_told(database, clock, keys, log):
    checks = {"database": passes, "signing": refuses, "migrations": never_ends}
    async with client_of(application(database, clock, keys, checks=checks)) as client:
        answer = await asyncio.wait_for(client.get("/health/ready"), 2)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (503, "/problems/not-ready")
    assert problem["facts"] == {"database": "ok", "signing": "failed", "migrations": "failed"}
    assert [flaw["field"] for flaw in problem["errors"]] == ["signing", "migrations"]
    assert "The key is gone" not in answer.text  # whoever asks needs no key
    assert '"reason":"The key is gone."' in log.getvalue()


async def test_what_an_error_of_others_says_is_not_logged_since_it_may_hold_data(database, clock, keys, log):
    async def fails() -> None:
        raise ValueError("Aino Ahola")

    async with client_of(application(database, clock, keys, checks={"database": fails})) as client:
        assert (await client.get("/health/ready")).status_code == 503
    assert "Aino Ahola" not in log.getvalue()
    assert '"reason":null,"error":"builtins.ValueError"' in log.getvalue()


async def test_alive_and_not_ready_without_a_database(dry):
    async with client_of(dry) as client:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
