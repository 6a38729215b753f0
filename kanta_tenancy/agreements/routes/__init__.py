"""Agreements and what happens to them over HTTP: translate, call one action, translate back."""

from litestar import Router

from kanta_tenancy.agreements.routes import (
    agreements,
    annex,
    catalogue,
    decisions,
    earlier,
    endings,
    notices,
    outside,
    timeline,
)
from kanta_tenancy.agreements.signing import OwnKey

__all__ = ["routes"]


def routes(own_key: OwnKey) -> tuple[Router, ...]:
    """Return the routes of this room.

    Args:
        own_key: finds the main connector's organisation key beside the service.
    """
    return (
        agreements.routes(own_key),
        earlier.ROUTES,
        annex.ROUTES,
        notices.ROUTES,
        outside.ROUTES,
        endings.ROUTES,
        decisions.ROUTES,
        timeline.ROUTES,
        catalogue.ROUTES,
    )
