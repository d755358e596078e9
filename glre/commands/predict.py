"""Relations of anybody's documents. Not a DVC stage: what it reads and writes, and where, is the user's choice."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING

from glre.counted import counted
from glre.documents.document import Document
from glre.documents.relations import Answer
from glre.errors import InputError
from glre.formats.inputs.sources import Source, find_sources
from glre.formats.outputs.output_format import OutputFormat, output_format
from glre.formats.outputs.output_path import check_output, folder_of
from glre.formats.outputs.set_aside_file import SetAsideWriter, open_set_aside
from glre.formats.passed_over import PassedOverCounts, in_lines
from glre.formats.reader import read_source
from glre.formats.reading import AS_TOLD, Reading
from glre.formats.set_aside import SetAside
from glre.formats.shared_ids import SharedIds
from glre.formats.tables.relations_table import relations_table
from glre.formats.writer import open_writer
from glre.memory import leave_out_of_collections, prepare_memory
from glre.prediction.options import Options
from glre.prediction.without_pairs import without_pairs
from glre.printable import printable
from glre.progress import Tracker, progress
from glre.terminal import table_console

if TYPE_CHECKING:
    from glre.prediction.predictor import Predictor

_SHOWN = 10
"""Documents set aside whose reasons are told one by one."""
_LOG_WIDTH = 160
_AT_ONCE = 200
"""Documents in one table on the terminal."""


@dataclass(frozen=True, slots=True)
class Request:
    """What `glre predict` is asked for.

    Without `output` relations go to standard output: as a table where that is a terminal, else as JSON Lines, unless
    `written_as` says otherwise. Documents that can't be used end the work where the `reading` is strict.
    """

    model: str
    inputs: Sequence[str]
    output: Path | None = None
    reading: Reading = AS_TOLD
    written_as: OutputFormat | None = None

    @property
    def set_aside(self) -> Path | None:
        """The file of documents that can't be used, beside the output."""
        return self.output and self.output.with_name(f"{self.output.name}.set_aside.jsonl")


def run(request: Request, options: Options) -> None:
    """Predict and write; what was done, and what was set aside, is told on standard error.

    InputError where model, inputs or output are unusable, or no document at all can be used.
    """
    sources = find_sources(request.inputs)
    _keep_inputs(sources, request)
    format = _format(request)
    tally = _Tally()
    with _reasons(request) as reasons:
        prepare_memory()
        # Not before inputs and output are known to be usable names, for it takes seconds.
        from glre.prediction.predictor import Predictor

        predictor = Predictor.load(request.model, options)
        leave_out_of_collections()
        with progress("predicting", None, "document") as bar:
            stream = predictor.stream(_read(sources, request.reading, predictor, tally.passed_over))
            answers = _usable(stream, request.reading.strict, tally, reasons, bar)
            if format is OutputFormat.TABLE:
                _show(answers)
            elif request.output is not None:
                _write(answers, request.output, format)
            else:
                _print(answers, format)
    tally.tell(predictor, request.set_aside)


def _keep_inputs(sources: Sequence[Source], request: Request) -> None:
    """InputError where a file to be written is one to be read."""
    read = {os.path.realpath(source.path) for source in sources if source.path is not None}
    for path in (request.output, request.set_aside):
        if path is not None and os.path.realpath(path) in read:
            raise InputError(str(path), "an input where output goes", "another output: this one would replace it")


def _format(request: Request) -> OutputFormat:
    if request.output is None and sys.stdout is None:
        raise InputError("standard output", "none, for it is closed", "a place to write to, or --output")
    if request.written_as is not None:
        return request.written_as
    if request.output is not None:
        return output_format(request.output)
    return OutputFormat.TABLE if sys.stdout.isatty() else OutputFormat.JSONL


class _Tally:
    """What came of the documents."""

    def __init__(self) -> None:
        self.documents = self.pairs = self.relations = self.set_aside = 0
        self.types = Counter[str]()
        self.passed_over = PassedOverCounts()

    def take(self, answer: Answer) -> None:
        """Count a document that was predicted."""
        self.documents += 1
        self.pairs += answer.found.pairs
        self.relations += len(answer.found.relations)
        self.types.update(entity.type for entity in answer.document.entities)

    def leave(self, document: SetAside) -> None:
        """Count one that can't be used."""
        self.set_aside += 1
        self.passed_over.add([document.passed_over()])

    def check(self, first: SetAside | None) -> None:
        """InputError where there were documents and none could be used."""
        if first is not None and not self.documents:
            others = counted(self.set_aside - 1, "other")
            rest = f" (and {others}, none of which can be used)" if self.set_aside > 1 else ""
            raise InputError(first.place, first.found, f"{first.expected}{rest}")

    def tell(self, predictor: "Predictor", reasons: Path | None) -> None:
        """A line on standard error, and below it what was passed over; `reasons` is the file of documents set aside."""
        choice = predictor.choice
        parts = [counted(self.documents, "document"), counted(self.pairs, "pair"), counted(self.relations, "relation")]
        if self.set_aside:
            where = f" (see {printable(str(reasons))})" if reasons else ""
            parts.append(f"{self.set_aside} set aside{where}")
        text = f"{', '.join(parts)}; threshold {choice.threshold:.4f}"
        if choice.on_dev is not None:
            text += f", on dev precision {choice.on_dev.precision:.3f} and recall {choice.on_dev.recall:.3f}"
        print(text, file=sys.stderr)
        if self.documents and not self.pairs:
            rules = predictor.model.settings.candidates
            print(without_pairs(rules, self.types, self.passed_over.rows), file=sys.stderr)
        print(in_lines(self.passed_over.rows), end="", file=sys.stderr)


class _Reasons:
    """Tells why documents were set aside: all of it into the file where there is one, some of it to the reader.

    The first one waits for another document: if it is the only one, the error that ends the command says the same.
    """

    def __init__(self, writer: SetAsideWriter | None) -> None:
        self._writer, self._told = writer, 0
        self._first: SetAside | None = None
        self._only = True

    def take(self, document: SetAside) -> None:
        """Tell of one document."""
        if self._writer is not None:
            self._writer.write(document)
        if self._first is not None:
            self.go_on()
        if self._only:
            self._first = document
        else:
            self._tell(document)

    def go_on(self) -> None:
        """There is another document: tell of the one that waits."""
        self._only = False
        if self._first is not None:
            self._tell(self._first)
            self._first = None

    def _tell(self, document: SetAside) -> None:
        self._told += 1
        if self._writer is None or self._told <= _SHOWN:
            print(printable(f"set aside: {document.error()}"), file=sys.stderr)
        elif self._told == _SHOWN + 1:
            print("set aside: more", file=sys.stderr)


def _read(
    sources: Sequence[Source], reading: Reading, predictor: "Predictor", counts: PassedOverCounts
) -> Iterator[Document | SetAside]:
    """All documents, their ids unique; of several sources one that can't be used is set aside as a whole."""
    ids = SharedIds(reading.strict)
    for source in sources:
        try:
            for read in predictor.fitting(read_source(source, reading, counts), source.name):
                yield ids.told_apart(read, source.name, counts) if isinstance(read, Document) else read
        except InputError as error:
            if len(sources) == 1:
                raise
            yield SetAside.because(error, None)


def _usable(
    stream: Iterator[Answer | SetAside], strict: bool, tally: _Tally, reasons: _Reasons, bar: Tracker
) -> Iterator[Answer]:
    first = None
    for answer in stream:
        bar.advance()
        if isinstance(answer, Answer):
            reasons.go_on()
            tally.take(answer)
            yield answer
        elif strict:
            raise answer.error()
        else:
            first = first or answer
            tally.leave(answer)
            reasons.take(answer)
    tally.check(first)


@contextmanager
def _reasons(request: Request) -> Iterator[_Reasons]:
    if request.output is None or request.set_aside is None:
        yield _Reasons(None)
        return
    check_output(request.output)
    with folder_of(request.output), open_set_aside(request.set_aside) as writer:
        yield _Reasons(writer)


def _show(answers: Iterator[Answer]) -> None:
    console = table_console(_LOG_WIDTH)
    while chunk := list(islice(answers, _AT_ONCE)):
        with _standard_output():
            console.print(relations_table((answer.document, answer.found) for answer in chunk))


def _write(answers: Iterator[Answer], path: Path, format: OutputFormat) -> None:
    with open_writer(path, format) as writer:
        for answer in answers:
            writer.write(answer.document, answer.found)


def _print(answers: Iterator[Answer], format: OutputFormat) -> None:
    """On standard output when all is done, so that nothing half-made is read from there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relations"
        _write(answers, path, format)
        with path.open("rb") as file, _standard_output():
            copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()


@contextmanager
def _standard_output() -> Iterator[None]:
    """Around writing there: a full disk is an InputError; a reader that has seen enough, such as `head`, is not."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still in the buffer goes nowhere, or Python's end would fail over it once more.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        raise InputError("standard output", error.strerror or str(error), "a place with room for it") from None
