"""Tables land between their marks and nowhere else."""

from pathlib import Path

import pytest

from benchmarks import report
from glre.errors import InputError

PAGE = "# Title\n\n<!-- a -->\nold\n<!-- end of a -->\n\nprose\n\n<!-- b -->\n<!-- end of b -->\n"


def test_a_block_replaces_what_its_marks_hold(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    report.write_block("a", "new", page)
    report.write_block("a", "newer", page)
    expected = PAGE.replace("<!-- a -->\nold\n<!--", "<!-- a -->\n\nnewer\n\n<!--")
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("content", ["", "<!-- end of a --> <!-- a -->", "<!-- a -->"])
def test_a_page_without_the_marks_is_refused(tmp_path: Path, content: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no marks for 'a'"):
        report.write_block("a", "new", page)
    assert page.read_text(encoding="utf-8") == content


def test_a_table_is_markdown() -> None:
    assert report.table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_numbers_are_read_and_anything_else_refused() -> None:
    assert report.numbers("1,20") == [1, 20]
    assert report.numbers("") == []
    with pytest.raises(InputError, match="whole numbers"):
        report.numbers("1,x")
