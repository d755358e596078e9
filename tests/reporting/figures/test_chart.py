import re
from xml.etree import ElementTree

from glre.reporting.figures.chart import INK, SERIES, both_per_cent, dashes, series_colour, sketch


def drawn(name: str) -> str:
    with sketch(name, panels=2) as drawing:
        for axes in drawing.panels:
            both_per_cent(axes, "across", "up & <over>")
            for place in range(1, SERIES + 1):
                axes.plot([0, 50, 100], [place, 10 * place, 5], color=series_colour(place), dashes=dashes(place))
                axes.bar([place], [place], yerr=[1.0], color=series_colour(place), ecolor=INK)
        return drawing.svg('A "description" <of> it')


def test_colours_are_the_pages() -> None:
    svg = drawn("one")
    assert not re.findall(r"#[0-9a-f]{6}", svg.replace("#ffffff", ""))
    for place in range(1, SERIES + 1):
        assert f"var(--series-{place})" in svg
    assert "currentColor" in svg


def test_it_is_well_formed_with_its_description_and_without_a_date_or_an_address() -> None:
    svg = drawn("one")
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == 'A "description" <of> it'
    assert "width" not in root.attrib
    assert "metadata" not in svg
    assert set(re.findall(r'"(https?:[^"]+)"', svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "up &amp; &lt;over&gt;" in svg


def test_the_same_drawing_is_the_same_to_the_byte_and_ids_are_its_own() -> None:
    one, again, other = drawn("one"), drawn("one"), drawn("two")
    assert one == again
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, own in zip((one, other), ids, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= own
