from collections.abc import Iterator

import pytest
from tenacity import wait_none
from web_server import Web, served

from glre.corpora import transfer


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(transfer.fetch.retry, "wait", wait_none())
    with served() as web:
        yield web
