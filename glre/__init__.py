"""Document-level relation extraction with Global-to-Local Neural Networks (Wang et al., EMNLP 2020).

from glre import Predictor, TextMention, document_from_text

drug, harm = TextMention(0, 7, "Chemical", "aspirin"), TextMention(15, 21, "Disease", "asthma")
note = document_from_text("note-1", "Aspirin caused asthma.", [drug, harm])
for relation in Predictor.load("models/cdr/glre")([note])[0].relations:
    print(relation.head.name, relation.name, relation.tail.name, relation.score)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glre.documents.by_hand import TextMention, document_from_text
    from glre.errors import InputError
    from glre.prediction.options import Options, Precision
    from glre.prediction.predictor import Predictor

__version__ = "0.1.0"
__all__ = ["InputError", "Options", "Precision", "Predictor", "TextMention", "document_from_text"]

_PLACES = {
    "InputError": "glre.errors",
    "Options": "glre.prediction.options",
    "Precision": "glre.prediction.options",
    "Predictor": "glre.prediction.predictor",
    "TextMention": "glre.documents.by_hand",
    "document_from_text": "glre.documents.by_hand",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the command line imports this package and has to start quickly."""
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
