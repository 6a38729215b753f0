"""A TLS handshake that takes whatever certificates come: what they are worth is judged apart from it."""

import ssl
from contextlib import suppress
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.probing.endpoint import ClientCredential, Endpoint, Failed, Trouble
from kanta_tenancy.machinery.probing.messages import Heard
from kanta_tenancy.machinery.probing.wire import Wire

# Old servers are to be reached too, with keys, digests and versions that nobody should use any more. Anonymous ones
# would show no certificate.
_CIPHERS: Final = "ALL:!aNULL:@SECLEVEL=0"
# OpenSSL 3.2 and later take compressed certificates (RFC 8879), which are not heard as such; earlier ones have no such
# option and ignore it. SSL_OP_NO_RX_CERTIFICATE_COMPRESSION and SSL_OP_LEGACY_SERVER_CONNECT of <openssl/ssl.h>.
_PLAIN_CERTIFICATES: Final = 1 << 33
_OLD_RENEGOTIATION: Final = 1 << 2
_TLS_RECORDS: Final = frozenset({0x15, 0x16})  # alert and handshake, which are all that a server may begin with
_MAJOR: Final = 3
_RECORD: Final = 2  # bytes that tell
_TOO_MUCH: Final = frozenset({"EXCESSIVE_MESSAGE_SIZE", "BAD_LENGTH"})


class Agreed(Record, frozen=True, kw_only=True):
    protocol: str | None
    cipher: str | None


def context_for(client: ClientCredential | None) -> ssl.SSLContext:
    """Return a context that verifies nothing.

    Raises:
        Failed: our own certificate or key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers(_CIPHERS)
    context.options |= _PLAIN_CERTIFICATES | _OLD_RENEGOTIATION
    if client is not None:
        try:
            context.load_cert_chain(client.certificates, client.key, password=lambda: "")  # else OpenSSL would ask
        except (OSError, ValueError) as trouble:  # ssl.SSLError is an OSError
            detail = "Our own certificate and key cannot be read, do not fit or the key is encrypted."
            raise Failed(Trouble.CLIENT_UNUSABLE, detail) from trouble
    return context


async def shake(wire: Wire, context: ssl.SSLContext, endpoint: Endpoint, heard: Heard) -> tuple[Agreed, bytes]:
    """Do the handshake, and return what was agreed and what ends it politely.

    Args:
        heard: gets what the server says, also when the handshake fails.

    Raises:
        Failed: it does.
    """
    heard.listen_to(context)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=endpoint.server_name)
    begun = bytearray()
    while not _step(tls, heard):
        await wire.send(outgoing.read())
        piece = await wire.piece()
        if len(begun) < _RECORD:
            begun += piece[:_RECORD]
            _check_record(begun)
        incoming.write(piece)
    with suppress(Failed):  # the server may be gone: what it said is heard
        await wire.send(outgoing.read())
    with suppress(ssl.SSLError):
        tls.unwrap()
    cipher = tls.cipher()
    return Agreed(protocol=tls.version(), cipher=None if cipher is None else cipher[0]), outgoing.read()


def _step(tls: ssl.SSLObject, heard: Heard) -> bool:
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError as trouble:
        raise _told(trouble, heard) from trouble
    return True


def _told(trouble: ssl.SSLError, heard: Heard) -> Failed:
    if heard.alert is not None:
        return Failed(Trouble.ALERT, f"The server ended the handshake: {heard.alert}.")
    if trouble.reason in _TOO_MUCH:
        return Failed(Trouble.TOO_MUCH, "The server sent a message that is larger than is read.")
    reason = (trouble.reason or "unknown").lower().replace("_", " ")
    return Failed(Trouble.HANDSHAKE_FAILED, f"The handshake failed: {reason}.")


def _check_record(begun: bytearray) -> None:
    if begun[0] not in _TLS_RECORDS or (len(begun) >= _RECORD and begun[1] != _MAJOR):
        raise Failed(Trouble.NOT_TLS, "What came back is no TLS.")
