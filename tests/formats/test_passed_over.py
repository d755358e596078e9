from glre.formats.passed_over import PassedOver, PassedOverCounts, as_values, in_lines


def test_kinds_add_up_and_the_first_example_stays() -> None:
    counts = PassedOverCounts()
    counts.add(
        [PassedOver("mentions", 2, "a, line 1"), PassedOver("titles", 0, "b"), PassedOver("facts", 1_234, "c\n\x1b")]
    )
    counts.add([PassedOver("mentions", 3, "d")])
    assert counts.rows == (PassedOver("mentions", 5, "a, line 1"), PassedOver("facts", 1_234, "c\n\x1b"))
    assert in_lines(counts.rows).splitlines() == [
        "passed over or mended  count  first example",
        "mentions                   5  a, line 1",
        "facts                  1,234  c \ufffd",
    ]
    assert in_lines(()) == ""


def test_an_input_cannot_make_up_any_number_of_kinds() -> None:
    counts = PassedOverCounts()
    counts.add(PassedOver(str(number), 1, "here") for number in range(1000))
    assert len(counts.rows) == 101
    assert counts.rows[-1] == PassedOver("others", 900, "here")


def test_what_a_name_of_a_file_has_that_is_no_text_is_escaped() -> None:
    (row,) = as_values([PassedOver("mentions", 1, "a\udcff")])
    assert row == {"kind": "mentions", "count": 1, "example": "a\\udcff"}
