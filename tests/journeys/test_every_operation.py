"""Every operation of the OpenAPI document, with good and bad input, against the running service.

No answer is a 5xx, and none differs from what the document says of it.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
    use_after_free,
)

from tests import postgres_server
from tests.assembly.processes import eventually, running
from tests.journeys.one_of_everything import prepared
from tests.seals.examples import a_folder

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
    use_after_free,
]


EXAMPLES = 20  # of good and of bad requests to each operation
CONFIG = {
    "checks": {
        "missing_required_header": {"expected-statuses": [400, 401, 428]},
        "negative_data_rejection": {"expected-statuses": [400, 401, 404, 412, 413, 415, 422, 428]},
    }
}


@schemathesis.serializer("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
def as_a_file(_: Any, value: Any) -> bytes:
    """Send whatever was generated as the bytes of a file."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The service in a process of its own, with a seal: its address, a key, and identifiers that are there."""
    keys = a_folder(tmp_path_factory.mktemp("service"))
    with postgres_server.running(*postgres_server.DURABLE) as url:
        token, ids = asyncio.run(prepared(url, keys))
        address = url.replace("postgres@", "kanta_service@")
        settings = {"KANTA_DATABASE_URL": address, "KANTA_SEAL_KEYS": keys.folder, "KANTA_WEBHOOK_KEY": "k" * 40}
        with running("serve", KANTA_LOG_LEVEL="error", **settings) as process:
            assert eventually(process.is_ready), process.errors
            yield f"http://127.0.0.1:{process.port}", token, ids


def test_every_operation_keeps_its_word(service: tuple[str, str, dict[str, str]]) -> None:
    address, token, ids = service
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=SchemathesisConfig.from_dict(CONFIG))
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 30
    tried = [_tried(one, mode, token, ids) for one in operations for mode in GenerationMode]
    assert [failure for failure in tried if failure] == []


def _tried(operation: Any, mode: GenerationMode, token: str, ids: dict[str, str]) -> str:
    """Send generated requests to one operation and return what was wrong with an answer, if anything."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def keeps_its_word(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = '"2"'  # the version of an agreement that was offered
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    try:
        keeps_its_word()
    except (SkipTest, Unsatisfiable):
        assert mode is GenerationMode.NEGATIVE  # there is nothing in it that could be wrong
    except (FailureGroup, Failure) as failure:
        return f"{operation.label}: {failure.exceptions if isinstance(failure, FailureGroup) else failure}"
    return ""
