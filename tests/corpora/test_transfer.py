import socket
from pathlib import Path

import pytest
from web_server import Web

from glre.corpora import transfer
from glre.corpora.transfer import ATTEMPTS, UnavailableError, fetch

CONTENT = bytes(range(256)) * 2000


def test_fetches(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert web.requests == [("/a", None)]


def test_an_empty_file(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = b""
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""


def test_goes_on_after_a_broken_connection(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    web.cut_after = [200_000, 100_000]
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert web.requests == [("/a", None), ("/a", "bytes=200000-"), ("/a", "bytes=300000-")]


def test_goes_on_where_an_earlier_run_ended(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    (tmp_path / "a").write_bytes(CONTENT[:1000])
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert web.requests == [("/a", "bytes=1000-")]


def test_starts_again_where_the_server_knows_no_ranges(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    web.ranges = False
    (tmp_path / "a").write_bytes(b"something else")
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_complete_file_is_not_fetched_again(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    (tmp_path / "a").write_bytes(CONTENT)
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_more_than_the_file_is_thrown_away(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    (tmp_path / "a").write_bytes(CONTENT + b"more")
    fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_tries_again_what_may_pass(web: Web, tmp_path: Path) -> None:
    web.files["/a"] = CONTENT
    web.statuses = [503, 429]
    fetch(f"{web.address}/a", tmp_path / "a")
    assert len(web.requests) == 3


def test_gives_up_in_the_end(web: Web, tmp_path: Path) -> None:
    web.statuses = [503] * 10
    with pytest.raises(UnavailableError, match="HTTP status 503"):
        fetch(f"{web.address}/a", tmp_path / "a")
    assert len(web.requests) == ATTEMPTS
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_does_not_try_again_what_stays(web: Web, tmp_path: Path, status: int) -> None:
    web.statuses = [status] * 10
    with pytest.raises(UnavailableError, match=f"HTTP status {status}"):
        fetch(f"{web.address}/a", tmp_path / "a")
    assert len(web.requests) == 1


def test_keeps_the_bytes_as_they_are_sent(web: Web, tmp_path: Path) -> None:
    web.files["/a.gz"] = b"not decoded"
    web.headers["Content-Encoding"] = "gzip"
    fetch(f"{web.address}/a.gz", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"not decoded"


def test_no_server(web: Web, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnavailableError, match="no connection"):
        fetch(f"http://127.0.0.1:{port}/a", tmp_path / "a")
    assert not web.requests


@pytest.mark.parametrize("address", ["http://", "http://.", "http://[", "http://127.0.0.1:x/a"])
def test_an_invalid_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(UnavailableError, match="an invalid address"):
        fetch(address, tmp_path / "a")


def test_an_endless_file_is_given_up(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 100_000)
    web.files["/a"] = CONTENT
    with pytest.raises(UnavailableError, match="more than 100000 bytes"):
        fetch(f"{web.address}/a", tmp_path / "a")
    assert (tmp_path / "a").stat().st_size <= 100_000
