"""Loopback is asked directly, all else through the user's proxy, by every client that is used here."""

import os
import urllib.request
from collections.abc import Callable, Iterator

import httpx
import pytest
import requests
from corpora.web_server import Web, served

from glre.loopback import ask_loopback_directly

PROXIES = [name for lower in ("http_proxy", "https_proxy", "all_proxy") for name in (lower, lower.upper())]
DEAD = ("http://127.0.0.1:9", "127.0.0.1:9", "socks5://127.0.0.1:9")


def by_urllib(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return bytes(answer.read())


CLIENTS: tuple[Callable[[str], bytes], ...] = (
    by_urllib,
    lambda url: requests.get(url, timeout=5).content,
    lambda url: httpx.get(url, timeout=5).content,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what is said of proxies; it is as it was after the test."""
    for name in (*PROXIES, "no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with served() as web:
        web.files["/"] = b"here"
        yield web


@pytest.mark.parametrize(
    ("names", "proxy"), [*((PROXIES, proxy) for proxy in DEAD), (["http_proxy"], DEAD[0]), (["ALL_PROXY"], DEAD[0])]
)
def test_loopback_is_asked_directly_and_nothing_else(
    names: list[str], proxy: str, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names:
        monkeypatch.setenv(name, proxy)
    ask_loopback_directly()
    port = web.address.rpartition(":")[2]
    for ask in CLIENTS:
        for host in ("127.0.0.1", "localhost"):
            assert ask(f"http://{host}:{port}/") == b"here"
    for ask in CLIENTS[1:]:  # urllib knows neither SOCKS nor a proxy for all schemes
        with pytest.raises((requests.ConnectionError, httpx.TransportError)) as raised:
            ask("http://192.0.2.1/")
        assert "timed out" not in str(raised.value)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, {"no_proxy": "", "NO_PROXY": ""}),
        ({"no_proxy": "a, .b ,"}, {"no_proxy": "a,.b,", "NO_PROXY": "a,.b,"}),
        ({"NO_PROXY": "a", "no_proxy": ""}, {"no_proxy": "a,", "NO_PROXY": "a,"}),
        ({"NO_PROXY": "a", "no_proxy": "b"}, {"no_proxy": "b,", "NO_PROXY": "a,"}),
    ],
)
def test_what_the_user_names_stays(
    named: dict[str, str], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    for _ in range(2):  # a child does the same as its parent
        ask_loopback_directly()
        for name, value in expected.items():
            assert os.environ[name] == f"{value}127.0.0.1,localhost,::1"


def test_without_a_proxy_for_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    ask_loopback_directly()
    assert os.environ["no_proxy"] == "*"
