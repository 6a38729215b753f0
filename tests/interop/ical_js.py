"""ical.js, the calendar library of mail programs written in JavaScript, as a second reader of our feeds."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.interop.installation import CACHE, need

_LIBRARY: Final = CACHE / "ical" / "ical.es5.cjs"
_SCRIPT: Final = Path(__file__).with_name("read_calendar.cjs")


class IcalJs:
    def __init__(self) -> None:
        """Find the library.

        Raises:
            NotInstalled: it is not there.
        """
        need(_LIBRARY)

    def read(self, calendar: bytes) -> Any:
        """Return the calendar's name and its events, as ical.js understands them."""
        done = subprocess.run(["node", _SCRIPT, _LIBRARY], input=calendar, capture_output=True, check=True)
        return json.loads(done.stdout)
