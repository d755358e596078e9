"""A web server with the ways of real ones: ranges or none, failures at first, broken connections, compression."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Web:
    """What the server holds and how it behaves; `requests` are path and Range header of what it was asked for."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    statuses: list[int] = field(default_factory=list)
    """Answered with these first."""
    cut_after: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off."""
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        asked = self.headers.get("Range")
        web.requests.append((self.path, asked))
        content = web.files.get(self.path)
        if web.statuses or content is None:
            self.send_error(web.statuses.pop(0) if web.statuses else 404)
            return
        match = re.fullmatch(r"bytes=(\d+)-", asked or "")
        first = int(match[1]) if match and web.ranges else 0
        if first and first >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if match and web.ranges else 200)
        if match and web.ranges:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - first))
        for name, value in web.headers.items():
            self.send_header(name, value)
        self.end_headers()
        stop = first + web.cut_after.pop(0) if web.cut_after else len(content)
        self.wfile.write(content[first:stop])

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[Web]:
    """A running server."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = Web(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.web
    server.shutdown()
    thread.join()
    server.server_close()
