"""Files over HTTP: resumed where they broke off, and tried again where that is worth it."""

import re
from pathlib import Path

import requests
import urllib3
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from glre.progress import progress

ATTEMPTS = 4
LARGEST = 8 * 2**30
"""Bytes of a file after which a transfer is given up."""
_TIMEOUT = (10, 60)  # seconds to connect, and between two pieces
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_CHUNK = 2**16
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


class UnavailableError(Exception):
    """A file could not be had; the text says why, in a few words."""


class _InterruptedError(UnavailableError):
    """What another attempt may mend."""


@retry(
    retry=retry_if_exception_type(_InterruptedError),
    stop=stop_after_attempt(ATTEMPTS),
    wait=wait_exponential(multiplier=0.5, max=8),
    reraise=True,
)
def fetch(url: str, path: Path) -> None:
    """Bring the bytes at `url` into `path`, going on after those that are there; UnavailableError says why not."""
    done = path.stat().st_size if path.is_file() else 0
    # Without "identity" a server may compress on the fly, and a range would count other bytes than those here.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
            _receive(response, path, done)
    except requests.exceptions.SSLError:
        raise UnavailableError("no trusted certificate") from None
    except requests.Timeout:
        raise _InterruptedError("no answer in time") from None
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        raise _InterruptedError("no connection") from None
    except requests.TooManyRedirects:
        raise UnavailableError("too many redirects") from None
    except (requests.RequestException, UnicodeError) as error:
        raise UnavailableError(f"an invalid address ({error})") from None
    except urllib3.exceptions.HTTPError:
        raise _InterruptedError("a broken connection") from None


def _receive(response: requests.Response, path: Path, done: int) -> None:
    first, size = _content_range(response)
    if response.status_code == 416 and done and size == done:
        return
    if response.status_code == 416 or (response.status_code == 206 and first != done):
        path.unlink(missing_ok=True)
        raise _InterruptedError("a range that does not fit")
    if response.status_code in _TRY_AGAIN:
        raise _InterruptedError(f"HTTP status {response.status_code}")
    if response.status_code not in (200, 206):
        raise UnavailableError(f"HTTP status {response.status_code}")
    done = done if response.status_code == 206 else 0  # 200: the server ignored the range and sends all of it
    length = response.headers.get("Content-Length", "")
    total = done + int(length) if length.isdecimal() else None
    with (
        path.open("ab" if done else "wb") as file,
        progress(response.url.rpartition("/")[2], total, "bytes", done) as tracker,
    ):
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            done += len(chunk)
            if done > LARGEST:
                raise UnavailableError(f"more than {LARGEST} bytes")
            file.write(chunk)
            tracker.advance(len(chunk))
    if size is not None and done < size:
        raise _InterruptedError("an incomplete file")


def _content_range(response: requests.Response) -> tuple[int | None, int | None]:
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None:
        return None, None
    first, size = match.groups()
    return int(first) if first else None, int(size) if size.isdecimal() else None
