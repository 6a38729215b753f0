"""The port, taken before anything else is started, so that a port in use stops the start at once."""

import errno
import socket
from typing import Final

from kanta_tenancy.assembly.outcomes import CannotServe

_BACKLOG: Final = 2048


def listen(host: str, port: int) -> socket.socket:
    """Take the port; connections wait until someone answers them.

    Raises:
        CannotServe: it is taken, not ours to take, or the host is not one of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotServe(f"{host}:{port} is in use by another program: stop it or set KANTA_PORT.") from error
        raise CannotServe(f"Cannot listen on {host}:{port} (KANTA_HOST, KANTA_PORT): {error.strerror}.") from error


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
