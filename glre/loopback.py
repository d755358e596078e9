"""Servers on this machine are asked directly, whatever proxy the environment names."""

import os

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAMES = ("no_proxy", "NO_PROXY")
"""Some programs read one, some the other, most the first where both are set."""


def ask_loopback_directly() -> None:
    """Name loopback among the addresses without a proxy, for this process and those it starts; what is named stays."""
    named = {name: os.environ.get(name, "") for name in _NAMES}
    either = next(filter(None, named.values()), "")
    for name in _NAMES:
        hosts = [host for host in map(str.strip, (named[name] or either).split(",")) if host]
        if "*" not in hosts:  # all of them, which is only understood where it stands alone
            os.environ[name] = ",".join([*hosts, *(host for host in LOOPBACK if host not in hosts)])
