"""Where `sql/`, `templates/` and the examples are: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]
_IN_CHECKOUT: Final = {"sql": "sql", "templates": "templates", "examples": "docs/examples"}


def folder(name: str) -> Path:
    """Return the folder of that name: `sql`, `templates` or `examples`.

    Raises:
        FileNotFoundError: neither a wheel nor a checkout holds it.
    """
    for candidate in (_PACKAGE / f"_{name}", _PACKAGE.parent / _IN_CHECKOUT[name]):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(name)
