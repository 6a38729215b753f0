"""The languages that agreements are written in and people are told things in."""

import enum


class Language(enum.StrEnum):
    FINNISH = "fi"
    SWEDISH = "sv"
    ENGLISH = "en"
