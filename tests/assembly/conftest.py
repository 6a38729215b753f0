import json
from pathlib import Path

import pytest


@pytest.fixture
def written(tmp_path: Path):
    def write(said: object) -> Path:
        file = tmp_path / "own.json"
        file.write_bytes(said if isinstance(said, bytes) else json.dumps(said).encode("utf-8", "surrogatepass"))
        return file

    return write
