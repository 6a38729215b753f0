"""How much a finding matters."""

import enum


class Severity(enum.StrEnum):
    ERROR = "error"  # what it is about does not do what it is for, or will not be taken
    WARNING = "warning"
