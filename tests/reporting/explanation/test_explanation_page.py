import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elements_of import OUTSIDE, Elements
from in_browser import Opened
from playwright.sync_api import Browser
from small_explanation import made, scores_alone, without_parts
from small_report import IMAGE, SCRIPT

from glre.reporting.explanation.explanation_page import explanation_html
from glre.reporting.explanation.explanation_words import NOTHING_TOLD


@pytest.fixture(scope="module")
def html() -> str:
    return explanation_html(made())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, html: str) -> Path:
    path = tmp_path_factory.mktemp("explanation") / "page.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Opened]:
    page = Opened(browser, file, viewport={"width": 1440, "height": 900})
    yield page
    page.context.close()


def test_text_of_a_document_stays_text(html: str) -> None:
    elements = Elements(html)
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert not [attributes for _, attributes in elements.found if any(name.startswith("on") for name in attributes)]
    assert elements.text.count(SCRIPT) > 5
    assert elements.text.count(IMAGE) > 2
    assert "causes <script>" in elements.text


def test_nothing_is_asked_of_anyone(html: str) -> None:
    for _, attributes in Elements(html).found:
        assert not [name for name in OUTSIDE if name in attributes]
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))
    assert "@import" not in html
    assert "url(" not in html


def test_it_says_of_each_relation_what_it_rests_on(html: str) -> None:
    text = " ".join(Elements(html).text.split())
    assert "Model own glre, seed 3. The model predicts 2 relations in 20 candidate pairs" in text
    assert text.count("not predicted") == 1
    assert "score 0.900 (threshold 0.500), sentences 2, 4" in text
    assert "without local 0.156 −0.469 0.320" in text
    assert "(this pair itself: 50 %)" in text
    assert text.count("nothing predicted") == 3


def body(html: str) -> str:
    """What is to be read, style and script aside."""
    return " ".join(Elements(html.partition("<body")[2].partition("<script")[0]).text.split())


def test_what_a_model_does_not_tell_is_said() -> None:
    told = made()
    text = " ".join(Elements(explanation_html(told)).text.split())
    assert "does not tell" not in text
    without_others = tuple(replace(each, context=None, own=None) for each in told.relations)
    text = " ".join(Elements(explanation_html(replace(told, relations=without_others))).text.split())
    assert text.count("This model does not tell at which other pairs it looks.") == 3
    assert "Context" not in text
    assert "The share at each mention" in text
    text = body(explanation_html(without_parts(told)))
    assert text.count("This model does not tell where it looks.") == 3
    assert "without local" not in text
    assert "without global" in text
    assert "attention" not in text.lower()


def test_of_scores_alone_nothing_more_is_claimed() -> None:
    html = explanation_html(scores_alone(made()))
    text = body(html)
    assert NOTHING_TOLD in text
    assert "score 0.900 (threshold 0.500), sentences 1, 2, 4" in text
    assert "Score beside that of other pairs" in text
    assert "whole model 0.900 0.300" in text
    for claimed in ("attention", "without", "taken away", "change", "the share at each mention"):
        assert claimed not in text.lower()
    assert not re.search(r"<(h2|ul[^>]*|p[^>]*|th[^>]*|caption)>\s*</", html)


def test_a_document_without_pairs_has_a_page() -> None:
    text = Elements(explanation_html(replace(made(), pairs=0, predicted=0, relations=()))).text
    assert "No pair of entities has the types that this model relates" in text
    assert "How to read this" not in text


def test_it_is_there_and_asks_for_nothing(opened: Opened, file: Path) -> None:
    opened.page.wait_for_timeout(200)
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []
    assert opened.page.evaluate("window.broken") is None
    assert opened.page.title().startswith("A title <script>")


def marked(opened: Opened, role: str) -> list[tuple[str, str]]:
    """The mentions that are marked as the head's or tail's, with the weight at each."""
    found = opened.page.locator(f".sentences mark.{role}").evaluate_all(
        "marks => marks.map(mark => [mark.dataset.mentions, mark.dataset.shown])"
    )
    return [(mention, weight) for mention, weight in found]


def test_the_first_relation_is_marked_from_the_start(opened: Opened) -> None:
    opened.until("document.querySelectorAll('.sentences mark.head').length > 0")
    assert marked(opened, "head") == [("1.0", "17 %"), ("1.1", "33 %"), ("1.2", "50 %")]
    assert marked(opened, "tail") == [("2.0", "67 %"), ("2.1", "33 %")]


def test_a_relation_is_chosen_by_keyboard(opened: Opened) -> None:
    page = opened.page
    relations = page.locator(".relation")
    assert relations.count() == 3
    opened.tab_to(".relations > li:nth-child(2) summary")
    page.keyboard.press("Enter")
    assert [relation.get_attribute("open") is not None for relation in relations.all()] == [False, True, False]
    opened.until("document.querySelector('.sentences mark.head').dataset.mentions.startsWith('4.')")
    assert marked(opened, "head") == [("4.0", "33 %"), ("4.1", "67 %")]
    assert {place for mention, _ in marked(opened, "tail") for place in mention.split()} == {"0.0", "3.0"}
    assert relations.nth(1).locator(".ablation").is_visible()
    assert not relations.nth(0).locator(".ablation").is_visible()


def test_bars_are_as_long_as_the_scores(opened: Opened) -> None:
    bars = opened.page.locator(".relation[open] .bar span")
    assert bars.count() == 4
    found = bars.evaluate_all(
        "bars => bars.map(bar => ['--weight', '--threshold'].map(name => bar.style.getPropertyValue(name)))"
    )
    assert found == [["90.0%", "50.0%"], ["77.5%", "50.0%"], ["22.5%", "50.0%"], ["96.2%", "50.0%"]]
    assert bars.first.evaluate("bar => bar.getBoundingClientRect().width") > 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_its_window_and_can_be_read(browser: Browser, file: Path, width: int, scheme: Any) -> None:
    opened = Opened(browser, file, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = opened.page
    page.evaluate("document.querySelectorAll('details:not([name])').forEach(each => each.open = true)")
    page.wait_for_timeout(200)
    opened.check_fit(width, texts=60)
    opened.context.close()


def test_without_script_all_can_be_read(browser: Browser, file: Path) -> None:
    opened = Opened(browser, file, java_script_enabled=False)
    relation = opened.page.locator(".relation").nth(1)
    relation.locator("summary").click()
    assert relation.locator(".attention").is_visible()
    assert relation.locator(".ablation").is_visible()
    opened.context.close()
