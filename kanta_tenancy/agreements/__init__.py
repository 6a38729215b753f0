"""Agreements between a main connector and its tenants: drafted, offered, signed, in force."""
