from hypothesis import given
from hypothesis import strategies as st

from glre.documents.document import Document, Sentence
from glre.formats.set_aside import SetAside
from glre.prediction.chunks import CHUNK_DOCUMENTS, chunks


def document(words: int) -> Document:
    return Document("made", "", None, (Sentence(("w",) * words),), ())


@given(
    st.lists(st.integers(1, 9).map(document) | st.just(SetAside("file", None, "one", "another"))), st.integers(1, 20)
)
def test_nothing_is_lost_and_no_chunk_is_larger_than_it_may_be(
    stream: list[Document | SetAside], most_words: int
) -> None:
    found = list(chunks(stream, most_words))
    assert [item for chunk in found for item in chunk] == stream
    for chunk in found:
        words = [item.words for item in chunk if isinstance(item, Document)]
        assert len(chunk) == 1 or sum(words) <= most_words


def test_any_number_passes_through_without_waiting_for_all() -> None:
    read = []
    stream = chunks(read.append(number) or document(1) for number in range(10 * CHUNK_DOCUMENTS))
    assert len(next(stream)) == CHUNK_DOCUMENTS
    assert len(read) == CHUNK_DOCUMENTS + 1
