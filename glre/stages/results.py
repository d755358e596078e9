"""Shows what has been evaluated. Not a DVC stage: it reads results and writes nothing."""

from rich.console import Console

from glre import paths
from glre.reporting.results_table import read_results, results_table

_LOG_WIDTH = 140


def run(dataset: str | None, experiment: str | None) -> None:
    """Print the table of metrics, the files of each result, and how to open MLflow."""
    found = read_results(paths.RESULTS, dataset, experiment)
    console = Console()
    if not console.is_terminal:  # in a log there is room for the whole table
        console = Console(width=_LOG_WIDTH)
    console.print(results_table(found))
    for result in found:
        console.print(f"[bold]{result.dataset} {result.experiment}[/bold]")
        console.print(f"  metrics, predictions, breakdowns, history  {result.folder}/", highlight=False)
        console.print(
            f"  models                                     {paths.models(result.dataset, result.experiment)}/"
        )
    console.print("Compare runs in MLflow: make mlflow, then open http://127.0.0.1:5000", highlight=False)
