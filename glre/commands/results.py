"""Shows what has been evaluated. Not a DVC stage: it reads results, and writes no more than a page of them."""

from pathlib import Path

from glre import paths
from glre.errors import InputError
from glre.files import written_whole
from glre.grid.params import Settings, read_settings
from glre.reporting.page.page import as_markdown
from glre.reporting.page.results_page import results_page
from glre.reporting.points.reported_point import read_point
from glre.reporting.tables.results_table import read_results, results_table
from glre.terminal import table_console

_LOG_WIDTH = 140


def run(dataset: str | None, experiment: str | None) -> None:
    """Print the table of metrics, the files of each result, and how to open MLflow."""
    found = read_results(paths.RESULTS, dataset, experiment)
    console = table_console(_LOG_WIDTH)
    console.print(results_table(found))
    for result in found:
        console.print(f"[bold]{result.dataset} {result.experiment}[/bold]")
        console.print(f"  metrics, predictions, breakdowns, history  {result.folder}/", highlight=False)
        console.print(
            f"  models                                     {paths.models(result.dataset, result.experiment)}/"
        )
    console.print("Compare runs in MLflow: make mlflow, then open http://127.0.0.1:5000", highlight=False)


def write_page(dataset: str | None, experiment: str | None, page: Path) -> None:
    """Write the results, of one dataset or experiment where given, as Markdown to `page`.

    InputError where there are none.
    """
    text = page_of_results(read_settings(), dataset, experiment)
    with written_whole(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print(f"{page}: written")


def page_of_results(settings: Settings, dataset: str | None = None, experiment: str | None = None) -> str:
    """The page, made from the current folder's results of the grid's points."""
    wanted = (
        read_point(name, settings)
        for name, point in settings.grid.points.items()
        if dataset in (None, point.dataset) and experiment in (None, point.experiment)
    )
    points = [point for point in wanted if point.results is not None]
    if not points:
        raise InputError(str(paths.RESULTS), "no results of the grid's points", "results of `glre evaluate`")
    return as_markdown(results_page(points, {name: own.description for name, own in settings.datasets.items()}))
