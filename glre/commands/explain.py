"""Says why a model says what it says of a document. Not a DVC stage: what it reads and writes is the user's choice."""

from pathlib import Path

from glre.errors import InputError
from glre.files import written_whole
from glre.formats.one_document import read_one, usable
from glre.prediction.options import Options
from glre.terminal import table_console

_LOG_WIDTH = 100


def run(
    model: str, given: str, document_id: str | None, pair: str | None, output: Path | None, options: Options
) -> None:
    """Print the explanation of one document of `given`; write it as a page to `output` too, where there is one."""
    if output is not None and output.is_dir():
        raise InputError(str(output), "a folder", "the name of a file to write")
    document = read_one(given, document_id)
    # Not before the document is known to be there, for it takes seconds.
    from glre.prediction.explanation.asked_pair import asked_pair
    from glre.prediction.explanation.explanation import explain
    from glre.prediction.predictor import Predictor
    from glre.reporting.explanation.explanation_page import explanation_html
    from glre.reporting.explanation.explanation_text import explanation_text

    predictor = Predictor.load(model, options)
    (fitting,) = predictor.fitting([document], given)
    document = usable(fitting)
    chosen = None if pair is None else asked_pair(document, pair, predictor.model.settings.candidates)
    explanation = explain(predictor, document, chosen)
    table_console(_LOG_WIDTH).print(explanation_text(explanation))
    if output is not None:
        _write(explanation_html(explanation), output)
        print(f"\n{output}: the same as a page")


def _write(page: str, output: Path) -> None:
    try:
        with written_whole(output) as temporary:
            temporary.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(str(output), error.strerror or "no file", "a file that can be written") from None
