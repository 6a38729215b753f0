"""What can be agreed: the Kanta services by their names, over HTTP."""

from typing import Final

from litestar import Router, get
from litestar.di import NamedDependency

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.catalogue.bodies import Services, ServicesAsked, ShownService
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


ROUTES: Final = Router(path="/", route_handlers=[list_services], tags=["Agreements"])
