"""The promises of docs/architecture.md that a machine can keep about files and types."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import msgspec
import pytest
from litestar._signature import SignatureModel  # what Litestar makes of our handlers, in our modules' names

import kanta_tenancy
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web import problems

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    file
    for folder in ("kanta_tenancy", "sql", "tests")
    for file in (ROOT / folder).rglob("*")
    if file.suffix in {".py", ".sql"}
)
FORBIDDEN = {"utils", "helpers", "common", "misc", "base", "manager"}


def modules() -> list[str]:
    found = pkgutil.walk_packages(kanta_tenancy.__path__, "kanta_tenancy.")
    return [module.name for module in found if not module.name.endswith("__main__")]


def below(cls: type) -> list[type]:
    return [deeper for sub in cls.__subclasses__() for deeper in (sub, *below(sub))]


@pytest.fixture(scope="module", autouse=True)
def everything_imported():
    for name in modules():
        importlib.import_module(name)


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_file_outgrows_a_reader(file: Path):
    assert len(file.read_text("utf-8").splitlines()) <= 400
    assert file.stem not in FORBIDDEN


def test_every_package_says_what_it_is_for():
    silent = [
        name
        for name in modules()
        if name.count(".") <= 2 and hasattr(module := importlib.import_module(name), "__path__") and not module.__doc__
    ]
    assert silent == []


def test_every_struct_is_frozen_and_takes_no_positions():
    ours = [
        struct
        for struct in below(msgspec.Struct)
        if struct.__module__.startswith("kanta_tenancy.") and not issubclass(struct, SignatureModel)
    ]
    assert len(ours) > 50
    for struct in ours:
        assert struct.__struct_config__.frozen, struct
        parameters = inspect.signature(struct).parameters.values()
        assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters), struct


def test_every_refusal_has_an_address_and_a_page():
    page = (ROOT / "docs" / "problems.md").read_text("utf-8")
    refusals = [error for error in below(DomainError) if error.__module__.startswith("kanta_tenancy.")]
    slugs = [error.slug for error in refusals if "slug" in vars(error)]
    assert len(slugs) == len(set(slugs)) > 20
    assert [slug for slug in slugs if f"### {slug}\n" not in page] == []


def test_the_problems_page_tells_of_no_refusal_that_is_not_there():
    page = (ROOT / "docs" / "problems.md").read_text("utf-8")
    slugs = {error.slug for error in below(DomainError) if "slug" in vars(error)}
    slugs |= {plain.slug for plain in (*problems.PLAIN.values(), problems.UNEXPECTED)}
    assert set(re.findall(r"^### ([a-z0-9-]+)$", page, re.MULTILINE)) <= slugs
