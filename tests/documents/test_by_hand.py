import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.documents.by_hand import TextMention, document_from_text
from glre.documents.document import check
from glre.errors import InputError

TEXT = "Aspirin caused asthma. Without aspirin, no asthma."


def mention(name: str, kind: str, after: int = 0) -> TextMention:
    start = TEXT.lower().index(name, after)
    return TextMention(start, start + len(name), kind, name)


def test_mentions_with_the_same_entity_are_one() -> None:
    given = [mention("aspirin", "Chemical"), mention("asthma", "Disease"), mention("aspirin", "Chemical", 5)]
    found = document_from_text("note-1", TEXT, given)
    check(found, "made")
    assert found.text == TEXT
    assert [entity.id for entity in found.entities] == ["aspirin", "asthma"]
    drug = found.entities[0]
    assert [(own.sentence, own.text) for own in drug.mentions] == [(0, "Aspirin"), (1, "aspirin")]
    second = found.sentences[1]
    assert TEXT[second.starts[drug.mentions[1].start] : second.ends[drug.mentions[1].end - 1]] == "aspirin"


def test_a_mention_that_is_given_twice_is_one_mention() -> None:
    (entity,) = document_from_text("a", TEXT, [mention("asthma", "Disease")] * 2).entities
    assert len(entity.mentions) == 1


@pytest.mark.parametrize(
    ("text", "mentions", "message"),
    [
        ("  ", [], "document 'a': found an empty text"),
        (
            TEXT,
            [TextMention(40, 90, "Gene", "x")],
            "mention from 40 to 90; expected offsets inside the text, which has 50",
        ),
        (TEXT, [TextMention(-1, 3, "Gene", "x")], "mention -1 to 3: found a mention from -1 to 3"),
        (TEXT, [TextMention(3, 3, "Gene", "x")], "found a mention from 3 to 3; expected a start below the end"),
        (TEXT, [TextMention(7, 8, "Gene", "x")], "found a mention of white space"),
        (TEXT, [TextMention(0, 3, "", "x")], "found no type"),
        (TEXT, [TextMention(0, 3, "Gene", "")], "found no entity"),
    ],
)
def test_what_cannot_be(text: str, mentions: list[TextMention], message: str) -> None:
    with pytest.raises(InputError, match=message):
        document_from_text("a", text, mentions)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-2, 62), st.integers(-2, 62)), max_size=4))
def test_any_text_becomes_a_document_or_is_refused(text: str, spans: list[tuple[int, int]]) -> None:
    mentions = [TextMention(start, end, "Gene", f"{start}") for start, end in spans]
    try:
        found = document_from_text("a", text, mentions)
    except InputError:
        return
    check(found, "made")
    assert sum(len(entity.mentions) for entity in found.entities) == len(set(spans))
