"""Model agreements, over HTTP."""

from typing import Final

from litestar import Router, get
from litestar.di import NamedDependency

from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.bodies import Models, shown_model
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call


@get("/models", operation_id="listModels", opt=needs("models.read"))
async def list_models(call: NamedDependency[Call]) -> Models:
    """List the model agreements that can be drafted on, with their clauses."""
    async with call.transaction() as tx:
        return Models(items=tuple(shown_model(one) for one in await models.listed(tx)))


ROUTES: Final = Router(path="/", route_handlers=[list_models], tags=["Agreements"])
