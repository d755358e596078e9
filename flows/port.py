"""The port of a server on this machine, refused in one line where it can't be had."""

import socket

from glre.errors import InputError

HOST = "127.0.0.1"


def refuse_taken(port: int) -> None:
    """InputError where another process listens on the port, or this one must not."""
    expected = "a free port (--port names another)"
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise InputError(f"port {port}", "a process that listens already", expected)
    with socket.socket() as probe:
        # As servers do, so that one may follow another at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port}", error.strerror or str(error), expected) from None
