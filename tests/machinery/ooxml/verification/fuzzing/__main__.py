"""`make fuzz`: change good files, ours and Office's, and see that no answer is wrong."""

import os
import secrets
import sys
from typing import Final

from tests.interop.installation import OFFICE, ROOT, need
from tests.machinery.ooxml.verification.fuzzing.campaign import run
from tests.machinery.ooxml.verification.fuzzing.subjects import of_office, ours

COUNT: Final = int(os.environ.get("KANTA_FUZZ_COUNT", "20000"))
SEED: Final = int(os.environ.get("KANTA_FUZZ_SEED") or secrets.randbelow(2**32))


def main() -> int:
    need(OFFICE)
    print(f"seed {SEED}", flush=True)
    tally = run((*ours(), *of_office()), count=COUNT, seed=SEED, kept=ROOT / "build" / "fuzz")
    print(tally)
    print("\n".join(tally.complaints))
    return 1 if tally.complaints else 0


sys.exit(main())
