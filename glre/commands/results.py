"""Shows what has been evaluated. Not a DVC stage: it reads results and writes nothing."""

from glre import paths
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
