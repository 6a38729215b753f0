"""Why a key in a token cannot be used, in a sentence; whoever asked says what that means."""


class TokenTrouble(Exception):
    """The driver, the token, the key or its certificate is not to be had; what is said is safe to show."""


class PinNeeded(TokenTrouble):
    """The token asks for a PIN, and there is none."""


class PinRefused(TokenTrouble):
    """The token does not take the PIN, or would lock at another wrong one."""
