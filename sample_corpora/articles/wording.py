"""What the articles say that is no claim.

Sentences are written as sample_corpora.templates reads them.
"""

from sample_corpora.articles.lexicon import ORGANISATION, PERSON, PLACE
from sample_corpora.templates import sentences

INTRODUCTIONS = {
    PERSON: sentences("""
        {a} [kept a diary|collected clocks|wrote long letters].
        Little is known of the early life of {a}.
        {a} is remembered [as a teacher|as a painter|for a book of songs].
    """),
    ORGANISATION: sentences("""
        {a} [makes paper|prints maps|builds boats|lends money].
        {a} is known for its [lamps|almanacs|concerts].
    """),
    PLACE: sentences("""
        {a} has [a harbour|an old bridge|two markets].
        {a} is known for its [bells|gardens|salt].
    """),
}
"""Sentences about one entity, which those that say something `later` of it go on from."""

NOTHING_NAMED = sentences("""
    The winter of [1871|1884|1902] was long.
    Few papers of those years survive.
    Trade was slow at that time.
    Much of this is told in letters.
    [Historians|Newspapers] have said little about it.
    The times were [hard|quiet].
    A second edition corrected # errors.
""")

ALSO_NAMED = sentences("""
    The [archive|index] also [lists|names] {all}.
    Elsewhere the [archive|index] mentions {all}.
""")
