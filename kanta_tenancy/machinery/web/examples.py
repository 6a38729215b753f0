"""A value that fits a JSON schema, to show how a body looks."""

from collections.abc import Mapping
from typing import Any, Final

Components = Mapping[str, Mapping[str, Any]]

_BY_FORMAT: Final[Mapping[str, str]] = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T09:00:00Z",
    "uuid": "01975d3a-6f00-7000-8000-000000000001",
}
_BY_TYPE: Final[Mapping[str, Any]] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}


def example_of(schema: Mapping[str, Any], components: Components) -> Any:
    """Return an example: the schema's own where it has one, required fields only where it is an object."""
    given = _given(schema)
    if given is not None:
        return given
    if "$ref" in schema:
        return example_of(referred(schema, components), components)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return example_of(schema[choice][0], components)
    return _by_type(schema, components)


def referred(schema: Mapping[str, Any], components: Components) -> Mapping[str, Any]:
    return components[schema["$ref"].rpartition("/")[2]]


def _given(schema: Mapping[str, Any]) -> Any:
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    return schema.get("const")


def _by_type(schema: Mapping[str, Any], components: Components) -> Any:
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: example_of(fields[name], components) for name in schema.get("required", [])}
    if kind == "array":
        return [example_of(schema.get("items", {}), components)]
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), "…")
    return schema.get("minimum", _BY_TYPE.get(str(kind), "…"))
