"""A session with a token: find it, open it, find the key, let it sign. Only the drivers' thread comes here.

The one module that imports python-pkcs11, which is an extra.

Source: OASIS PKCS #11 v2.40, 5.4 to 5.11; PKCS #11 mechanisms v2.40, 2.1.6 and 2.3.6.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.pkcs11.errors import PinNeeded, PinRefused, TokenTrouble
from kanta_tenancy.machinery.pkcs11.place import KeyPlace, Signable

_MOST_CERTIFICATES: Final = 100
_REFUSED: Final = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
_CLOSED: Final = (pkcs11.PinLocked, pkcs11.PinExpired, pkcs11.UserPinNotInitialized)
_Result = TypeVar("_Result")


class _Opened(Record, frozen=True, kw_only=True):
    session: Any
    mechanisms: frozenset[Any]
    key: Any
    pin: str | None


class _NotReached(Exception):
    """The driver has lost the token, or has not yet seen it."""


def certificates(place: KeyPlace, pin: str | None) -> tuple[bytes, ...]:
    """Return the certificates in the token as DER, the key's own first; none when it does not hold the key's own.

    Raises:
        TokenTrouble: the token or the key is not to be had.
    """
    return _with_key(place, pin, _certificates)


def sign(place: KeyPlace, pin: str | None, what: Signable) -> bytes:
    """Let the key sign: PKCS #1 v1.5 with SHA-256, or r and s in a row.

    Raises:
        TokenTrouble: the token or the key is not to be had, or does not sign so.
    """
    return _with_key(place, pin, lambda opened: _sign(opened, what, place))


def _with_key(place: KeyPlace, pin: str | None, use: Callable[[_Opened], _Result]) -> _Result:
    try:
        return _once(place, pin, use)
    except _NotReached:  # drivers see what was put in or taken out only when they begin anew
        try:
            return _once(place, pin, use)
        except _NotReached as again:
            raise TokenTrouble(str(again)) from again


def _once(place: KeyPlace, pin: str | None, use: Callable[[_Opened], _Result]) -> _Result:
    library = _library(place)
    try:
        with _beginning_anew_after_trouble(library), _session(_token(library, place), pin, place) as opened:
            session, mechanisms = opened
            return use(_Opened(session=session, mechanisms=mechanisms, key=_key(session, place), pin=pin))
    except _REFUSED as trouble:
        raise PinRefused(f"{place} does not take the PIN") from trouble
    except _CLOSED as trouble:
        raise PinRefused(f"the PIN of {place} is locked, has expired or was never set") from trouble
    except pkcs11.NoSuchToken as missing:
        raise _NotReached(f"{place} is not there") from missing
    except pkcs11.PKCS11Error as trouble:
        raise _NotReached(f"{place} does not do what it is asked to ({type(trouble).__name__})") from trouble


@contextmanager
def _beginning_anew_after_trouble(library: Any) -> Generator[None]:
    """Leave no half-open session, and nothing that the driver remembers of the token."""
    try:
        yield
    except pkcs11.PKCS11Error:
        with suppress(pkcs11.PKCS11Error):
            library.finalize()
        raise


def _library(place: KeyPlace) -> Any:
    if not Path(place.module).is_file():
        raise TokenTrouble(f"there is no driver {place.driver} where it is said to be")
    try:
        return pkcs11.lib(place.module)
    except pkcs11.PKCS11Error as trouble:
        raise TokenTrouble(f"{place.driver} cannot be used as a driver for tokens") from trouble


def _token(library: Any, place: KeyPlace) -> Any:
    found = [token for token in _tokens(library) if _is_meant(token, place)]
    if not found:
        raise pkcs11.NoSuchToken
    if len(found) > 1:
        raise TokenTrouble(f"{len(found)} tokens answer to that; name one by its label or serial number")
    return found[0]


def _tokens(library: Any) -> Iterator[Any]:
    for slot in library.get_slots(token_present=True):
        with suppress(pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            yield slot.get_token()


def _is_meant(token: Any, place: KeyPlace) -> bool:
    serial = token.serial.decode("utf-8", "replace").strip(" \0")
    return bool(
        TokenFlag.TOKEN_INITIALIZED in token.flags and place.token in ("", token.label) and place.serial in ("", serial)
    )


@contextmanager
def _session(token: Any, pin: str | None, place: KeyPlace) -> Generator[tuple[Any, frozenset[Any]]]:
    session = token.open(user_pin=user_pin(token.flags, pin, place))
    try:
        yield session, frozenset(token.slot.get_mechanisms())
    finally:
        with suppress(pkcs11.PKCS11Error):  # the token is out; what it did is done
            session.close()


def user_pin(flags: TokenFlag, pin: str | None, place: KeyPlace) -> Any:
    """Return with what to log in at a token that says this of itself; None: it asks for nothing.

    Raises:
        PinRefused: a try would be in vain, or could lock the token.
        PinNeeded: it asks for a PIN and there is none.
    """
    if TokenFlag.USER_PIN_LOCKED in flags:
        raise PinRefused(f"the PIN of {place} is locked")
    if TokenFlag.USER_PIN_FINAL_TRY in flags:
        raise PinRefused(f"{place} would lock at another wrong PIN; give it the right one with its own program first")
    if pin is not None:
        return pin
    if TokenFlag.PROTECTED_AUTHENTICATION_PATH in flags:
        return pkcs11.PROTECTED_AUTH  # it is typed on the device
    if TokenFlag.LOGIN_REQUIRED in flags:
        raise PinNeeded(f"{place} asks for its PIN")
    return None


def _key(session: Any, place: KeyPlace) -> Any:
    asked: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if place.key_label:
        asked[Attribute.LABEL] = place.key_label
    if place.key_id:
        asked[Attribute.ID] = bytes.fromhex(place.key_id)
    keys = [key for key in session.get_objects(asked) if _said(key, Attribute.SIGN, unsaid=True)]
    if not keys:
        raise TokenTrouble(f"{place} has no such key that signs")
    if len(keys) > 1:
        labels = ", ".join(sorted(str(_said(key, Attribute.LABEL, "")) for key in keys))
        raise TokenTrouble(f"{place} has {len(keys)} such keys ({labels}); name one by its label or id")
    return keys[0]


def _certificates(opened: _Opened) -> tuple[bytes, ...]:
    found = []
    for one in opened.session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        found.append((_said(one, Attribute.ID, b""), _said(one, Attribute.VALUE, b"")))
        if len(found) == _MOST_CERTIFICATES:
            break
    number = _said(opened.key, Attribute.ID, b"")
    own = [value for name, value in found if number and name == number]
    return (*own, *(value for _, value in found if value not in own)) if own else ()


def _sign(opened: _Opened, what: Signable, place: KeyPlace) -> bytes:
    key = opened.key
    wanted = KeyType.EC if what.digest_info is None else KeyType.RSA
    if key.key_type != wanted:
        raise TokenTrouble(f"the key in {place} is of another kind than the certificate's")
    octets, mechanism = _form(opened, what, place)
    # Some keys, such as those of cards for qualified signatures, ask for the PIN before every signature.
    again = opened.pin if _said(key, Attribute.ALWAYS_AUTHENTICATE, unsaid=False) else None
    return bytes(key.sign(octets, mechanism=mechanism, pin=again))


def _form(opened: _Opened, what: Signable, place: KeyPlace) -> tuple[bytes, Mechanism]:
    forms = [(what.digest, Mechanism.ECDSA)]
    if what.digest_info is not None:
        forms = [(what.octets, Mechanism.SHA256_RSA_PKCS), (what.digest_info, Mechanism.RSA_PKCS)]
    for octets, mechanism in forms:
        if mechanism in opened.mechanisms:
            return octets, mechanism
    raise TokenTrouble(f"{place} has no mechanism that signs as Word documents are signed")


def _said(object_: Any, attribute: Attribute, unsaid: Any) -> Any:
    """Return what a token says of an object; some leave out what others say."""
    try:
        return object_[attribute]
    except pkcs11.AttributeTypeInvalid:
        return unsaid
