"""Whom a certificate stands for: the systems that use it, the services that run on them, and whose those are (K7).

What rooms above use: `reach_of` and `reach_on_days` count what is behind certificates, `telling` says it as people read
it in a mail.
"""

from kanta_tenancy.certificates.impact.model import Reach
from kanta_tenancy.certificates.impact.reading import reach_of, reach_on_days

__all__ = ["Reach", "reach_of", "reach_on_days"]
