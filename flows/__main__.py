"""The flows on the command line: `python -m flows --help`, from the repository's root."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from glre.errors import InputError, errors_reported
from glre.formats.outputs.output_format import OutputFormat
from glre.loopback import ask_loopback_directly

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Target = Annotated[
    list[str] | None, typer.Option("--target", "-t", help="One more of DVC's targets, such as report_sample.")
]


@app.callback()
def describe() -> None:
    """The pipeline and bulk jobs as Prefect flows: at once (pipeline, experiments, nightly,
    bulk), or on schedules (serve); and MLflow's pages.

    Runs go to the server that PREFECT_API_URL names; without it to a temporary one, which leaves its history for the
    next `serve`.
    """


@app.command()
def pipeline(
    dataset: Annotated[list[str], typer.Option("--dataset", "-d", help="A dataset named in params.yaml.")],
    experiment: Annotated[list[str] | None, typer.Option("--experiment", "-e", help="An experiment.")] = None,
    target: Target = None,
) -> None:
    """Bring experiments on datasets up to date, from download to evaluation.

    Example: python -m flows pipeline -d sample -e glre -t report_sample
    """
    from flows.pipeline import pipeline as flow
    from flows.pipeline import plan_of_pipeline

    chosen, targets = experiment or ["glre"], target or []
    plan_of_pipeline(dataset, chosen, targets)
    _run(flow, datasets=dataset, experiments=chosen, targets=targets)


@app.command()
def experiments(
    table: Annotated[str | None, typer.Argument(help="A table of the paper, as params.yaml names it.")] = None,
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", "-d", help="Only the table's rows of this dataset.")
    ] = None,
    point: Annotated[list[str] | None, typer.Option("--point", "-p", help="One more point, such as cdr-glre.")] = None,
    target: Target = None,
    seed: Annotated[
        list[int] | None, typer.Option("--seed", "-s", help="One of every experiment's seeds; goes into params.yaml.")
    ] = None,
) -> None:
    """Train and evaluate a table of the paper, or any list of points, each with its seeds in params.yaml.

    Example: python -m flows experiments table4 -d cdr -s 1 -s 2
    """
    from flows.experiments import experiments as flow
    from flows.experiments import plan_of_experiments

    plan_of_experiments(table, dataset or [], point or [], target or [])
    _run(flow, table=table, datasets=dataset or [], points=point or [], targets=target or [], seeds=seed or [])


@app.command()
def nightly(
    point: Annotated[list[str], typer.Option("--point", "-p", help="A point of the grid, such as cdr-glre.")],
    target: Target = None,
    allowed_fall: Annotated[float, typer.Option(help="By how much F1 may fall: 0.01 is a point.", min=0, max=1)] = 0.01,
) -> None:
    """Fetch the sources anew, bring points up to date, and fail where their metrics fell.

    Example: python -m flows nightly -p cdr-glre --allowed-fall 0.02
    """
    from flows.nightly import nightly as flow
    from flows.nightly import plan_of_nightly

    plan_of_nightly(point, target or [])
    _run(flow, points=point, targets=target or [], allowed_fall=allowed_fall)


@app.command()
def bulk(
    model: Annotated[str, typer.Argument(help="A model's folder, or a model in MLflow.")],
    inputs: Annotated[list[str], typer.Argument(help="Shards: files, folders or patterns.")],
    output: Annotated[str, typer.Option("--output", "-o", help="The folder for a file of relations for each shard.")],
    workers: Annotated[int, typer.Option(help="Processes, each with the model.", min=1)] = 1,
    written_as: Annotated[OutputFormat, typer.Option("--to", help="The outputs' format.")] = OutputFormat.PARQUET,
    threshold: Annotated[float | None, typer.Option(help="The least score of a relation.")] = None,
    min_precision: Annotated[
        float | None, typer.Option(help="Choose the threshold with this precision on dev.")
    ] = None,
    top: Annotated[int | None, typer.Option(help="At most so many relations of a document.")] = None,
    ray: Annotated[str | None, typer.Option(help="Address of a Ray cluster that does the work.")] = None,
) -> None:
    """Predict relations in many shards, one file for each; goes on where it was cut.

    Example: python -m flows bulk models/sample/glre data/processed/sample -o predictions/sample --workers 2
    """
    from flows.bulk import bulk as flow
    from glre.bulk.plan import find_shards
    from glre.prediction.model_source import find_model

    find_model(model)
    find_shards(inputs, Path(output), written_as)
    _run(
        flow,
        model=model,
        inputs=inputs,
        output=output,
        workers=workers,
        output_format=written_as.value,
        threshold=threshold,
        min_precision=min_precision,
        top=top,
        ray=ray,
    )


@app.command()
def mlflow(
    port: Annotated[int, typer.Option(help="Of MLflow's pages, on 127.0.0.1.", min=1, max=65535)] = 5000,
) -> None:
    """Open the runs in MLflow's pages on this machine; Ctrl-C stops all of it.

    Example: python -m flows mlflow --port 5001
    """
    from flows.pages import open_pages

    open_pages(_root(), port)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Of Prefect's pages and API, on 127.0.0.1.", min=1, max=65535)] = 4200,
) -> None:
    """Start Prefect on this machine: server, deployments of prefect.yaml, and a worker; Ctrl-C stops all of it.

    Example: python -m flows serve
    """
    from flows.serving import serve as run

    run(_root(), port)


def _run(flow: Callable[..., Any], **parameters: Any) -> None:
    """Run a flow here; its failure becomes exit code 1, a mistake of the user's 2."""
    from prefect.exceptions import FailedRun

    from flows.leashed import CommandError

    _root()
    try:
        outcome = flow(**parameters)
    except (CommandError, FailedRun) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code if isinstance(error, CommandError) else 1)
    if outcome:
        print("\n".join([str(outcome), *outcome.pages]))


def _root() -> Path:
    """The repository's root, where all of it has to be started."""
    root = Path.cwd()
    if not (root / "dvc.yaml").is_file():
        raise InputError(str(root), "no dvc.yaml", "the repository's root")
    return root


def main() -> None:
    """Set Prefect's home before anything imports it, and run the command line."""
    from flows.serving import local_settings

    ask_loopback_directly()
    os.environ.update(local_settings(Path.cwd()))
    with errors_reported():
        app()


if __name__ == "__main__":
    main()
