"""The page in a real browser: what it asks for, keyboard, narrow windows, both colour schemes."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from small_report import material

from glre.reporting.page import as_html
from glre.reporting.sections import build_page

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
LONGEST = 2.0
"""Seconds in which the page has to be there."""
MOST_TABS = 200

CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, alpha, below) => top.map((value, i) => value * alpha + below[i] * (1 - alpha));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text.length || !element.checkVisibility() || element.matches(".skip, script, style, option")) continue;
    const style = getComputedStyle(element);
    let back = null, opacity = 1;
    for (let at = element; at && !back; at = at.parentElement) {
      const [r, g, b, a] = pixel(getComputedStyle(at).backgroundColor);
      if (a === 255) back = [r, g, b];
      opacity *= parseFloat(getComputedStyle(at).opacity);
    }
    const colour = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const ink = over(pixel(colour).slice(0, 3), opacity, back);
    const [low, high] = [luminance(ink), luminance(back)].sort((one, other) => one - other);
    const name = `${element.tagName}.${element.className}: ${text[0].textContent.trim()}`;
    found.push([(high + 0.05) / (low + 0.05), name]);
  }
  return found.sort((one, other) => one[0] - other[0]);
}
"""


TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => !element.closest(".scroll") && !element.matches(".skip"))
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 50)}`)
"""


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(as_html(build_page(material())), encoding="utf-8")
    return path


class Opened:
    """The page in a window of its own, and all that it asked for and complained of."""

    def __init__(self, browser: Browser, file: Path, **window: Any) -> None:
        self.context: BrowserContext = browser.new_context(**window)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        began = time.monotonic()
        self.page.goto(file.as_uri(), wait_until="load")
        self.seconds = time.monotonic() - began

    def tab_to(self, selector: str) -> None:
        """Press Tab until an element that fits has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} can't be reached by keyboard")

    def until(self, condition: str) -> None:
        """Wait until it holds. Playwright's own way to wait is forbidden by the page's content security policy."""
        for _ in range(50):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{condition} does not hold")


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Opened]:
    made = Opened(browser, file, viewport={"width": 1440, "height": 900})
    yield made
    made.context.close()


def shown(page: Page) -> list[tuple[str, str]]:
    """Outcome and distance of the relations that are not filtered away."""
    found = page.locator(".relations > li:not([hidden])").evaluate_all(
        "items => items.map(item => [item.dataset.outcome, item.dataset.distance])"
    )
    return [(outcome, distance) for outcome, distance in found]


def test_it_is_there_at_once_and_asks_for_nothing(opened: Opened, file: Path) -> None:
    assert opened.seconds < LONGEST
    opened.page.wait_for_timeout(200)
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []
    assert opened.page.evaluate("window.broken") is None
    assert opened.page.title().startswith("A small report <script>")


def test_filters_work_by_keyboard(opened: Opened) -> None:
    page = opened.page
    everything = shown(page)
    assert {outcome for outcome, _ in everything} == {"correct", "missed", "false"}
    documents = page.locator(".case").count()
    assert (
        page.locator(".filters output").inner_text()
        == f"{len(everything)} of {len(everything)} relations, in {documents} documents"
    )
    opened.tab_to("[name=outcome][value=correct]")
    page.keyboard.press("Space")
    assert shown(page) == [relation for relation in everything if relation[0] != "correct"]
    opened.tab_to("[name=distance][value='0']")
    page.keyboard.press("Space")
    left = [relation for relation in everything if relation[0] != "correct" and relation[1] != "0"]
    assert shown(page) == left
    assert page.locator(".filters output").inner_text().startswith(f"{len(left)} of {len(everything)} relations")
    for value in ("1", "2", "3"):
        opened.tab_to(f"[name=distance][value='{value}']")
        page.keyboard.press("Space")
    assert shown(page) == []
    assert page.locator(".case:visible").count() == 0


def test_choosing_a_relation_marks_it_and_shows_attention(opened: Opened) -> None:
    page = opened.page
    case = page.locator(".case").filter(has=page.locator(".attention")).first
    assert case.get_attribute("open") is not None
    relation = case.locator(".relation").first
    assert not relation.locator(".attention").is_visible()
    opened.tab_to(".case .relation > summary")
    page.keyboard.press("Enter")
    assert relation.get_attribute("open") is not None
    assert relation.locator(".attention").is_visible()
    opened.until("document.querySelectorAll('.sentences mark.head').length > 0")
    for role in ("head", "tail"):
        entity = relation.get_attribute(f"data-{role}")
        marked = case.locator(f".sentences mark.{role}")
        places = page.evaluate("marks => marks.map(m => m.dataset.mentions)", marked.element_handles())
        assert places
        assert all(any(place.split(".")[0] == entity for place in of_mark.split()) for of_mark in places)
        listed = relation.locator(f"[data-mention^='{entity}.']")
        shares = listed.locator(".share").all_inner_texts()
        assert sum(float(each.split()[0]) for each in shares) == pytest.approx(100, abs=2)
        assert set(shares) <= set(marked.evaluate_all("marks => marks.map(m => m.dataset.shown)"))
    context = relation.locator(".weights").last.locator("li")
    assert context.count() == 5
    assert "→" in context.first.inner_text()


def test_one_relation_of_a_document_is_open_at_a_time(opened: Opened) -> None:
    case = opened.page.locator(".case").filter(has=opened.page.locator(".relation:nth-child(1)")).first
    relations = case.locator(".relation")
    assert relations.count() > 1
    relations.nth(0).locator("summary").press("Enter")
    relations.nth(1).locator("summary").press("Enter")
    assert case.locator(".relation[open]").count() == 1
    chosen = relations.nth(1)
    opened.until("document.querySelectorAll('.sentences mark.tail').length > 0")
    opened.page.wait_for_timeout(100)
    for role in ("head", "tail"):
        entity = chosen.get_attribute(f"data-{role}")
        places = case.locator(f".sentences mark.{role}").evaluate_all("marks => marks.map(m => m.dataset.mentions)")
        assert all(f"{entity}." in place for place in places)
    chosen.locator("summary").press("Enter")
    opened.until("document.querySelectorAll('.sentences mark.head').length === 0")
    assert case.locator(".sentences mark.head, .sentences mark.tail, .sentences mark[data-shown]").count() == 0


def test_tables_are_sorted_by_keyboard(opened: Opened) -> None:
    table = opened.page.locator("table[data-sortable]").first
    column = table.locator("thead th").evaluate_all(
        "cells => cells.findIndex(cell => cell.textContent === 'gold facts')"
    )
    heading = table.locator("thead th").nth(column)

    def figures() -> list[int]:
        return [int(text) for text in table.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()]

    before = figures()
    heading.locator("button").press("Enter")
    assert (heading.get_attribute("aria-sort"), figures()) == ("descending", sorted(before, reverse=True))
    heading.locator("button").press("Enter")
    assert (heading.get_attribute("aria-sort"), figures()) == ("ascending", sorted(before))
    name = table.locator("thead th").first
    name.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") is None
    names = table.locator("tbody tr > :first-child").all_inner_texts()
    assert (name.get_attribute("aria-sort"), names) == ("ascending", sorted(names))


def test_what_scrolls_can_be_reached_and_is_named(browser: Browser, file: Path) -> None:
    opened = Opened(browser, file, viewport={"width": 360, "height": 800})
    boxes = opened.page.locator(".scroll:visible")
    wide = [box for box in boxes.all() if box.evaluate("box => box.scrollWidth > box.clientWidth")]
    assert len(wide) > 3
    for box in wide:
        assert (box.get_attribute("tabindex"), box.get_attribute("role")) == ("0", "region")
        assert box.get_attribute("aria-label") == box.locator("caption").inner_text()
    opened.tab_to(".scroll")
    opened.page.keyboard.press("ArrowRight")
    opened.until("document.activeElement.scrollLeft > 0")
    opened.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_its_window_and_can_be_read(browser: Browser, file: Path, width: int, scheme: Any) -> None:
    opened = Opened(browser, file, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = opened.page
    page.evaluate("document.querySelectorAll('details:not([name])').forEach(each => each.open = true)")
    page.evaluate("document.querySelectorAll('.relations > li:first-child details').forEach(each => each.open = true)")
    page.wait_for_timeout(200)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 500
    assert contrasts[0][0] >= 4.5, contrasts[:5]
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = max(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (lightness > 200) == (scheme == "light")
    opened.context.close()


def test_without_script_all_can_be_read(browser: Browser, file: Path) -> None:
    opened = Opened(browser, file, java_script_enabled=False)
    assert not opened.page.locator(".filters").is_visible()
    relation = opened.page.locator(".case[open] .relation").first
    relation.locator("summary").click()
    assert relation.locator(".attention").is_visible()
    figure = opened.page.locator("figure").first
    figure.locator("summary").click()
    assert figure.locator("table").is_visible()
    opened.context.close()
