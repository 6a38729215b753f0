"""What can be agreed: services and model agreements, over HTTP."""

from typing import Final

from litestar import Router, get
from litestar.di import NamedDependency

from kanta_tenancy.agreements import catalogue, models
from kanta_tenancy.agreements.bodies.agreements import Models, Services, ServicesAsked, ShownService, shown_model
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call


@get("/services", operation_id="listServices", opt=needs("agreements.read", query=ServicesAsked), sync_to_thread=False)
def list_services(call: NamedDependency[Call]) -> Services:
    """List the Kanta services that a tenant can join, by their names on a day."""
    asked = call.asked(ServicesAsked)
    day = asked.on or day_in_finland(call.clock.now())
    items = tuple(ShownService(key=one.key, name=one.name) for one in catalogue.annex((), day, asked.language))
    return Services(on=day, language=asked.language, items=items)


@get("/models", operation_id="listModels", opt=needs("models.read"))
async def list_models(call: NamedDependency[Call]) -> Models:
    """List the model agreements that can be drafted on, with their clauses."""
    async with call.transaction() as tx:
        return Models(items=tuple(shown_model(one) for one in await models.listed(tx)))


ROUTES: Final = Router(path="/", route_handlers=[list_services, list_models], tags=["Agreements"])
