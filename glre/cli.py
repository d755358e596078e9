"""The command line: one command per stage. Each imports its stage when it is called, so that help is quick."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from glre.document_format import Format
from glre.errors import InputError, errors_reported
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reading import OffsetUnit, Reading
from glre.loopback import ask_loopback_directly
from glre.prediction.options import Precision

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

DatasetOption = Annotated[
    str, typer.Option("--dataset", "-d", help="A dataset named in params.yaml, such as sample or cdr.")
]

ExperimentOption = Annotated[str, typer.Option("--experiment", "-e", help="An experiment named in params.yaml.")]
EncoderOption = Annotated[str, typer.Option("--encoder", help="A frozen encoder named in params.yaml.")]


@app.callback()
def describe() -> None:
    """Document-level relation extraction with GLRE (Wang et al., EMNLP 2020)."""


@app.command()
def download(dataset: DatasetOption) -> None:
    """Fetch a dataset's files and verify their checksums.

    Example: GLRE_MIRROR=/path/to/mirror glre download --dataset cdr
    """
    from glre.stages import download as stage

    stage.run(dataset)


@app.command()
def preprocess(dataset: DatasetOption) -> None:
    """Turn a dataset's files into one Parquet table of documents for each split.

    Example: glre preprocess --dataset cdr
    """
    from glre.stages import preprocess as stage

    stage.run(dataset)


@app.command()
def encode(dataset: DatasetOption, encoder: EncoderOption = "minilm") -> None:
    """Compute a frozen encoder's hidden states for every word of a dataset.

    Example: glre encode --dataset cdr --encoder minilm
    """
    from glre.stages import encode as stage

    stage.run(dataset, encoder)


@app.command()
def train(dataset: DatasetOption, experiment: ExperimentOption = "glre") -> None:
    """Train GLRE, once for each seed, keeping the epoch that is best on dev; goes on where it was stopped.

    Example: glre train --dataset cdr --experiment without_local
    """
    from glre.stages import train as stage

    stage.run(dataset, experiment)


@app.command()
def evaluate(dataset: DatasetOption, experiment: ExperimentOption = "glre") -> None:
    """Score dev and test with the trained models, at the threshold chosen on dev.

    Example: glre evaluate --dataset cdr --experiment glre
    """
    from glre.stages import evaluate as stage

    stage.run(dataset, experiment)


@app.command()
def report(
    name: Annotated[
        str, typer.Argument(help="sample or paper, or another report that params.yaml names under `reports`.")
    ],
) -> None:
    """Write an HTML page, and the same as Markdown, about what has been evaluated, beside the paper's figures.

    Tables 1 to 5 and figures 3 and 4 with ours, learning curves, precision and recall, calibration, results by
    relation, paired comparison, case studies with what the attentions look at, and errors. What a report shows is
    listed in params.yaml; what of it has not been run is said to be missing. Open reports/NAME/index.html.

    Example: glre report sample
    """
    from glre.stages import report as stage

    stage.run(name)


@app.command()
def predict(
    model: Annotated[
        str, typer.Argument(help="A model's folder, that of its seeds or results, or a model in MLflow (see below).")
    ],
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or - for standard input.")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="The file to write; its name tells the format. A folder (or a name with a /): a file per input.",
        ),
    ] = None,
    read_as: Annotated[Format | None, typer.Option("--from", help="The inputs' format, where it isn't told.")] = None,
    written_as: Annotated[OutputFormat | None, typer.Option("--to", help="The output's format.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="The least score of a relation; the model has its own, chosen on dev.")
    ] = None,
    min_precision: Annotated[
        float | None, typer.Option(help="Choose the threshold that has this precision on dev, such as 0.8.")
    ] = None,
    top: Annotated[int | None, typer.Option(help="At most so many relations of a document, the best ones.")] = None,
    precision: Annotated[
        Precision, typer.Option(help="What the encoder computes in; auto is bfloat16 where the processor has it.")
    ] = Precision.AUTO,
    workers: Annotated[int | None, typer.Option(help="Into a folder: processes that share the inputs.")] = None,
    ray: Annotated[
        str | None, typer.Option(help="Into a folder: the Ray cluster that does it, auto or host:port.")
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option(
            help="The model's types for those of the inputs: ChemicalEntity=Chemical, several divided by `,`."
        ),
    ] = None,
    offsets: Annotated[
        OffsetUnit, typer.Option(help="What the offsets of mentions count, where it isn't characters.")
    ] = OffsetUnit.CHARACTERS,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at the first document that can't be used as it is."),
    ] = False,
) -> None:
    """Say which relations hold in your own documents.

    They are read as PubTator (also PubTator3's exports), BioC (JSON or XML), DocRED's JSON, our own JSON or Parquet.
    Relations are shown as a table, or written as JSON Lines, Parquet, CSV, PubTator or BioC. A document that can't be
    used is set aside, with the reason, and the others are done. Into a folder any number of files is done, by several
    processes; given again, the command goes on where it was cut.

    MODEL: models/cdr/glre/seed-1, models/cdr/glre (its best seed on dev), results/cdr/glre, models:/glre-cdr@champion.

    Example: glre predict models/sample/glre my_abstracts.pubtator -o relations.csv
    """
    from glre.formats.outputs.output_path import is_folder
    from glre.prediction.options import Options, named_types

    if output == "":
        raise InputError("--output", "an empty name", "a file or a folder to write")
    options = Options(threshold, min_precision, top, precision, types=named_types(types or ()))
    reading = Reading(read_as, offsets, strict)
    shared_out = workers is not None or ray is not None
    if output is not None and (shared_out or output.endswith("/") or is_folder(Path(output))):
        from glre.bulk.options import BulkOptions, ShardOptions
        from glre.commands import bulk

        shards = ShardOptions(written_as or OutputFormat.PARQUET, reading)
        bulk.run(model, inputs, Path(output), BulkOptions(options, shards, workers, ray))
        return
    if shared_out:
        raise InputError("--output", "none", "a folder, in which workers write a file for each input")
    from glre.commands import predict as command

    path = None if output is None else Path(output)
    command.run(command.Request(model, inputs, path, reading, written_as), options)


@app.command()
def explain(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A model's folder, that of its seeds or results, or a model in MLflow: models:/glre-cdr@champion.",
        ),
    ],
    given: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="A file in PubTator, BioC, DocRED's JSON, our JSON or Parquet, told by its content; a folder of such "
            "files; - for standard input.",
        ),
    ],
    document: Annotated[
        str | None, typer.Option("--doc", help="The document's id. Not needed where the input has only one.")
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option(
            "--pair",
            metavar="HEAD,TAIL",
            help="Only this pair, by ids or by words of the text: what the model says of it, also where it predicts "
            "nothing.",
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="The least score of a relation; the model has its own, chosen on dev.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PAGE.html", help="Write an HTML page that needs nothing else."),
    ] = None,
) -> None:
    """Show why a model says what it says of one document.

    For each relation: the score and the threshold; and, as far as the system tells, how much the model looks at each
    mention of head and tail, at which other pairs of the document, and the score when a part is taken away from the
    trained model (of GLRE the global, the local or the context representations). Where nothing is predicted, the
    relation that comes nearest is shown.

    An attention says where the model looks, not what it makes of it; and a model that never learned to do without a
    part may say anything without it. So compare a score with the mean over the document's pairs that stands beside it.

    Example: glre explain models/sample/glre data/sample/test.PubTator.txt --doc 960000001 -o explained.html
    """
    from glre.commands import explain as command
    from glre.prediction.options import Options

    command.run(model, given, document, pair, output, Options(threshold))


@app.command()
def leaderboard(
    model: Annotated[str, typer.Argument(help="A model's folder, that of its seeds or results, or a model in MLflow.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="A DocRED JSON file, labelled or not. Without it: a split that has been evaluated."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("result.json"),
    split: Annotated[
        str | None, typer.Option("--split", help="Without FILE: the split that evaluate scored (default: test).")
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            "--train",
            help="A DocRED JSON file: Ign F1 leaves its facts out. Without FILE, the train split stands in.",
        ),
    ] = None,
) -> None:
    """Write a model's relations as result.json for DocRED's leaderboard; print F1 where the facts are known.

    A FILE is scored with the model. Without FILE, what evaluate predicted with it is written.

    Example: glre leaderboard models/docred/glre data/raw/docred/test.json -o result.json
    """
    from glre.commands import leaderboard as command

    command.run(model, file, output, split, train)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the corpus is called from now on.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", help="Its files; each says train, dev (valid, val) or test in its name."),
    ] = None,
    train: Annotated[list[Path] | None, typer.Option("--train", help="A file of train, whatever its name.")] = None,
    dev: Annotated[list[Path] | None, typer.Option("--dev", help="A file of dev, whatever its name.")] = None,
    test: Annotated[list[Path] | None, typer.Option("--test", help="A file of test, whatever its name.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="What the corpus is, in a line.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Add a corpus of your own to params.yaml: its files' checksums, splits, relations, types of candidate pairs.

    All of it is looked up from the files, which are read as PubTator, BioC (JSON or XML), DocRED's JSON, our own JSON
    or Parquet, told by their content; shown; and written where you agree. A corpus without test is scored on dev.

    Example: glre add own data/own/train.json data/own/dev.json data/own/test.json
    """
    from glre.commands import add as command

    command.run(name, files or [], {"train": train or [], "dev": dev or [], "test": test or []}, description, yes)


@app.command()
def grid() -> None:
    """Write what DVC reads of the grid, after a change of datasets, experiments or reports in params.yaml.

    An experiment runs on the datasets that its entry names; grid.yaml and the end of dvc.yaml follow from that.

    Example: glre grid
    """
    from glre.commands import grid as command

    command.run()


@app.command()
def check(
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset.")] = None,
    experiment: Annotated[str | None, typer.Option("--experiment", "-e", help="Only this experiment.")] = None,
) -> None:
    """Show what each experiment of the grid comes to, and what of its corpus, encoder, models and results is here.

    Example: glre check --dataset docred
    """
    from glre.commands import check as command

    command.run(dataset, experiment)


@app.command()
def results(
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset.")] = None,
    experiment: Annotated[str | None, typer.Option("--experiment", "-e", help="Only this experiment.")] = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="PAGE.md", help="Write a page of all of it, beside the paper's.")
    ] = None,
) -> None:
    """Show the metrics of everything that has been evaluated, and where its files are.

    Example: glre results --dataset sample
    """
    from glre.commands import results as command

    if write is None:
        command.run(dataset, experiment)
    else:
        command.write_page(dataset, experiment, write)


@app.command()
def compare(
    table: Annotated[str, typer.Argument(help="A table named in params.yaml, such as table4.")],
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset.")] = None,
    address: Annotated[str, typer.Option("--address", help="Where MLflow's pages are open.")] = "http://127.0.0.1:5000",
) -> None:
    """Show the runs of a table of the paper and where MLflow compares them; save a view of them there.

    Example: glre compare table4 --dataset cdr
    """
    from glre.commands import compare as command

    command.run(table, dataset, address.rstrip("/"))


@app.command()
def reproduce(
    run: Annotated[
        str, typer.Argument(help="A run's id in MLflow, its first digits, or a model: models:/glre-cdr@champion.")
    ],
) -> None:
    """Print the commands that give a run again: its git revision, DVC's target, its settings.

    Example: glre reproduce models:/glre-sample@champion
    """
    from glre.commands import reproduce as command

    command.run(run)


def main() -> None:
    """Run the command line; the user's errors become one line and exit code 2.

    A request to end (SIGTERM) is taken like Ctrl-C, so that what is under way is closed as interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ask_loopback_directly()
    with errors_reported():
        app()
