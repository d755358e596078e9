"""The browser that pages are tried in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The chromium that is installed, else playwright's own."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = next((path for name in NAMES if (path := shutil.which(name))), own)
        if not Path(found).exists():
            pytest.fail(
                f"none of {', '.join(NAMES)} is here: `apt-get install chromium`, or `playwright install chromium`"
            )
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()
