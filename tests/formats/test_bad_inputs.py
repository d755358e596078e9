from pathlib import Path

import pytest
from bad_inputs import BAD_INPUTS, GOOD_INPUTS, BadInput, GoodInput

from glre.documents.document import Document, check
from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.reader import read_source
from glre.formats.reading import Reading
from glre.formats.set_aside import SetAside


def test_there_are_enough_of_them() -> None:
    assert len({bad.name for bad in BAD_INPUTS}) == len(BAD_INPUTS) >= 50


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=lambda bad: bad.name)
def test_each_gives_one_clear_line(bad: BadInput, tmp_path: Path) -> None:
    source = Source("the input", bad.make(tmp_path))
    documents, errors = [], []
    refused = False
    try:
        for read in read_source(source, Reading(bad.format)):
            if isinstance(read, SetAside):
                errors.append(read.error())
            else:
                documents.append(read)
    except InputError as error:
        errors.append(error)
        refused = True
    assert {bad.words in str(error) for error in errors} == {True}
    assert len(errors) == 1 or bad.name == "DocRED as our own JSON"
    assert str(errors[0]).startswith("the input")
    assert len(str(errors[0])) < 900
    assert str(errors[0]).isprintable()
    assert (len(documents), refused) == (bad.documents, bad.refused)


@pytest.mark.parametrize("good", GOOD_INPUTS, ids=lambda good: good.name)
def test_what_only_looks_bad(good: GoodInput, tmp_path: Path) -> None:
    (path := tmp_path / "input").write_bytes(good.content)
    documents = list(read_source(Source("the input", path)))
    assert len(documents) == good.documents
    for document in documents:
        assert isinstance(document, Document)
        check(document, "here")
