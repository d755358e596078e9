"""The command line: one command per stage. Each imports its stage when it is called, so that help is quick."""

import signal
import sys
from typing import Annotated

import typer

from glre.errors import InputError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Dataset = Annotated[str, typer.Option("--dataset", "-d", help="A dataset named in params.yaml, such as sample or cdr.")]

Experiment = Annotated[str, typer.Option("--experiment", "-e", help="An experiment named in params.yaml.")]
Encoder = Annotated[str, typer.Option("--encoder", help="A frozen encoder named in params.yaml.")]


@app.callback()
def describe() -> None:
    """Document-level relation extraction with GLRE (Wang et al., EMNLP 2020)."""


@app.command()
def download(dataset: Dataset) -> None:
    """Fetch a dataset's files and verify their checksums.

    Example: GLRE_MIRROR=/path/to/mirror glre download --dataset cdr
    """
    from glre.stages import download as stage

    stage.run(dataset)


@app.command()
def preprocess(dataset: Dataset) -> None:
    """Turn a dataset's files into one Parquet table of documents for each split.

    Example: glre preprocess --dataset cdr
    """
    from glre.stages import preprocess as stage

    stage.run(dataset)


@app.command()
def encode(dataset: Dataset, encoder: Encoder = "minilm") -> None:
    """Compute a frozen encoder's hidden states for every word of a dataset.

    Example: glre encode --dataset cdr --encoder minilm
    """
    from glre.stages import encode as stage

    stage.run(dataset, encoder)


@app.command()
def train(dataset: Dataset, experiment: Experiment = "glre") -> None:
    """Train GLRE, once for each seed, keeping the epoch that is best on dev; goes on where it was stopped.

    Example: glre train --dataset cdr --experiment without_local
    """
    from glre.stages import train as stage

    stage.run(dataset, experiment)


@app.command()
def evaluate(dataset: Dataset, experiment: Experiment = "glre") -> None:
    """Score dev and test with the trained models, at the threshold chosen on dev.

    Example: glre evaluate --dataset cdr --experiment glre
    """
    from glre.stages import evaluate as stage

    stage.run(dataset, experiment)


@app.command()
def results(
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset.")] = None,
    experiment: Annotated[str | None, typer.Option("--experiment", "-e", help="Only this experiment.")] = None,
) -> None:
    """Show the metrics of everything that has been evaluated, and where its files are.

    Example: glre results --dataset sample
    """
    from glre.stages import results as command

    command.run(dataset, experiment)


def main() -> None:
    """Run the command line; the user's errors become one line and exit code 2.

    A request to end (SIGTERM) is taken like Ctrl-C, so that what is under way is closed as interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
