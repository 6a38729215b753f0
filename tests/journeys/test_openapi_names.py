"""What generated clients call things by."""

from tests.journeys.conftest import client


async def test_types_of_the_same_name_are_named_by_their_room_and_by_nothing_inside_of_it(application):
    async with client(application) as http:
        names = set((await http.get("/openapi.json")).json()["components"]["schemas"])
    assert {"AgreementsStatus", "JoiningStatus", "AgreementsShownNotice", "MessagesShownNotice"} <= names
    assert [name for name in names if "." in name] == []
