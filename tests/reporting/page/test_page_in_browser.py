"""The page in a real browser: what it asks for, keyboard, narrow windows, both colour schemes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from in_browser import Opened
from playwright.sync_api import Browser, Page
from small_report import material

from glre.reporting.page.page import as_html
from glre.reporting.page.sections import build_page

LONGEST = 2.0
"""Seconds in which the page has to be there."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(as_html(build_page(material())), encoding="utf-8")
    return path


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
    opened.check_fit(width, texts=500)
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
