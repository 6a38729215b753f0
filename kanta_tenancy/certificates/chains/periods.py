"""How often certificates are looked at again and authorities asked: data, not code."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Final

_DATA: Final = tomllib.loads((Path(__file__).parent / "data" / "periods.toml").read_text("utf-8"))

EXAMINE_AGAIN: Final = timedelta(days=_DATA["examine_again_days"])
SOONEST: Final = timedelta(minutes=_DATA["revocation_soonest_minutes"])
LATEST: Final = timedelta(hours=_DATA["revocation_latest_hours"])
AGAIN: Final = timedelta(minutes=_DATA["revocation_again_minutes"])
PATIENCE: Final = timedelta(hours=_DATA["revocation_patience_hours"])
