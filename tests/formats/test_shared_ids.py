from dataclasses import replace

from answered_documents import with_text

from glre.documents.document import Document
from glre.formats.passed_over import PassedOverCounts
from glre.formats.set_aside import SetAside
from glre.formats.shared_ids import SharedIds


def test_a_later_document_gets_the_first_id_that_is_free() -> None:
    ids, counts = SharedIds(strict=False), PassedOverCounts()
    given = [("7", "a"), ("7 (2)", "a"), ("7", "b"), ("7", "c"), ("8", "c")]
    found = [ids.told_apart(replace(with_text(), id=id), source, counts) for id, source in given]
    assert [own.id for own in found if isinstance(own, Document)] == ["7", "7 (2)", "7 (3)", "7 (4)", "8"]
    (row,) = counts.rows
    assert (row.count, row.example) == (2, "b, document '7': a has one too; this one is '7 (3)' in the output")


def test_strictly_it_cannot_be_used() -> None:
    ids, counts = SharedIds(strict=True), PassedOverCounts()
    first, second = (ids.told_apart(with_text(), source, counts) for source in "ab")
    assert isinstance(first, Document)
    assert second == SetAside("b, document '41'", "41", "the id of a document of a", "an id of its own")
    assert counts.rows == ()
