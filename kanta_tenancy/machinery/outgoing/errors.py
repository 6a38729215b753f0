"""Why there was no answer."""

import enum


class Trouble(enum.StrEnum):
    """Why there was no answer."""

    ADDRESS_REFUSED = "address_refused"  # it leads inwards; nothing was sent
    NAME_UNKNOWN = "name_unknown"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls_failed"
    TOO_SLOW = "too_slow"
    GARBLED = "garbled"  # something came that is no HTTP
    CUT_OFF = "cut_off"  # the connection ended before an answer


class NotAnswered(Exception):
    """There was no answer; the sentence is ours and holds nothing of the other side's."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
