"""Servers on this machine are asked directly, whatever proxy the environment names."""

import os

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAMES = ("no_proxy", "NO_PROXY")
"""Some programs read one, some the other, most the first where both are set."""


def ask_loopback_directly() -> None:
    """Name loopback among the addresses without a proxy, for this process and those it starts; what is named stays."""
    set_by_user = {name: os.environ.get(name, "") for name in _NAMES}
    for name, named in set_by_user.items():
        named = named or next(filter(None, set_by_user.values()), "")
        hosts = [host for host in map(str.strip, named.split(",")) if host]
        if "*" not in hosts:  # all of them, which is only understood where it stands alone
            os.environ[name] = ",".join([*hosts, *(host for host in LOOPBACK if host not in hosts)])
