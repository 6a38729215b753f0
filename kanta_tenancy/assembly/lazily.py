"""Parts of the program that are imported only when they are used, so that the rest starts at once."""

from importlib import import_module
from typing import Any


def load(target: str) -> Any:
    """Import `package.module:name` and return what it names."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
