"""Agreements between a main connector and its tenants: drafted, offered, signed, in force, ended.

What rooms above use: holds, which keep an ending from being complete while something is open.
"""

from kanta_tenancy.agreements.endings.checklists.holds import place_hold, release_hold

__all__ = ["place_hold", "release_hold"]
