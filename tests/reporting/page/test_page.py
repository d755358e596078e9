from itertools import pairwise

import pytest
from elements_of import OUTSIDE, Elements
from small_report import IMAGE, SCRIPT, material
from tables_of import tables_of_html, tables_of_markdown

from glre.reporting.page.page import as_html, as_markdown, escape_markdown
from glre.reporting.page.sections import build_page


@pytest.fixture(scope="module")
def html() -> str:
    return as_html(build_page(material()))


@pytest.fixture(scope="module")
def markdown() -> str:
    return as_markdown(build_page(material()))


def test_text_of_a_corpus_stays_text(html: str) -> None:
    elements = Elements(html)
    assert [tag for tag, _ in elements.found].count("script") == 1
    assert not [tag for tag, _ in elements.found if tag in ("img", "iframe", "object", "b ")]
    assert not [attributes for _, attributes in elements.found if any(name.startswith("on") for name in attributes)]
    assert elements.text.count(SCRIPT) > 20
    assert elements.text.count(IMAGE) > 20
    assert "<b>Type</b>" in elements.text


def test_nothing_is_asked_of_anyone(html: str) -> None:
    for _, attributes in Elements(html).found:
        assert not [name for name in OUTSIDE if name in attributes]
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,"))
    assert "@import" not in html
    assert "url(http" not in html


def test_ids_are_met_once_and_links_lead_somewhere(html: str) -> None:
    found = Elements(html).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"])[1:] for tag, attributes in found if tag == "a"}
    assert links <= set(ids)
    labels = {attributes["aria-labelledby"] for _, attributes in found if "aria-labelledby" in attributes}
    assert labels <= set(ids)


def test_headings_go_down_one_step_at_a_time(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Elements(html).found if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_drawing_has_its_words_and_its_numbers(html: str) -> None:
    found = Elements(html).found
    drawings = [attributes for tag, attributes in found if tag == "svg" and "role" in attributes]
    assert len(drawings) == 6
    assert all(len(str(drawing["aria-label"])) > 40 for drawing in drawings)
    assert [attributes.get("class") for tag, attributes in found if tag == "details"].count("numbers") == len(drawings)


def test_markdown_has_the_tables_of_the_page(html: str, markdown: str) -> None:
    of_html, of_markdown = tables_of_html(html), tables_of_markdown(markdown)
    cases = {caption for caption in of_markdown if caption.startswith("Relations of ")}
    assert of_markdown.keys() - cases == of_html.keys()
    assert len(of_html) > 15
    for caption, rows in of_html.items():
        assert of_markdown[caption] == rows, caption


def test_markdown_has_the_case_studies_of_the_page(html: str, markdown: str) -> None:
    text = " ".join(Elements(html).text.split())
    tables = {
        caption: rows for caption, rows in tables_of_markdown(markdown).items() if caption.startswith("Relations of")
    }
    rows = [row for table in tables.values() for row in table[1:]]
    assert len(rows) > 20
    for row in rows:
        sentences = f"sentence{'s' if ',' in row[6] else ''} {row[6]}"
        assert f"{row[0]} {row[1]} {row[2]} {row[3]} score {row[4]}, {row[5]}, {sentences}" in text


def test_in_markdown_no_element_and_no_emphasis_comes_from_a_corpus(markdown: str) -> None:
    assert "<" not in markdown
    assert escape_markdown("a|*b*\n<c>") == r"a\|\*b\* &lt;c&gt;"


def test_the_same_material_gives_the_same_bytes(html: str, markdown: str) -> None:
    page = build_page(material())
    assert as_html(page) == html
    assert as_markdown(page) == markdown


def test_what_is_missing_is_said(html: str) -> None:
    table = tables_of_html(html)["Table 4. Ablations, test, per cent"]
    rows = {row[0]: row for row in table}
    assert rows["own-later"][1:3] == ["not run here", "–"]
    assert rows["own-never"][1:3] == ["not in this report", "–"]
    assert "cdr-glre" not in rows
    text = Elements(html).text
    assert "Points of this table, not in this report: cdr-glre." in text
    assert "Without a history of training here: own-later." in text
    assert "Without predictions here (glre evaluate writes them): own-later." in text
    assert "There is no attention to show: models/own is not here." in text
