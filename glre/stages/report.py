"""A report of what has been run: one HTML page that needs nothing else, and the same as Markdown."""

import json
from pathlib import Path

import torch

from glre import paths
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.files import written_whole
from glre.grid.params import Settings, read_settings
from glre.prediction.explanation.probe import Looked, Probe
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor
from glre.progress import progress
from glre.reporting.cases.case_choice import choose_documents
from glre.reporting.cases.cases import Study
from glre.reporting.page.page import as_html, as_markdown
from glre.reporting.page.sections import Material, build_page
from glre.reporting.points.reported_point import ReportedPoint, read_point
from glre.reporting.tables.paper_tables import COUNTS, SCORES, SplitCounts
from glre.tracking import UNKNOWN, Run, StageIdentity, stage_run


def run(name: str) -> None:
    """Write reports/<name>/index.html and report.md from the results, models and documents of the report's points."""
    settings = read_settings()
    report = settings.report(name)
    points = [read_point(point, settings) for point in report.points]
    if all(point.results is None for point in points):
        raise InputError(f"report {name!r}", "no results of any of its points", "those of `glre evaluate`")
    folder = paths.report(name)
    with stage_run(StageIdentity("report", report=name), report, _inputs(points)) as tracked:
        page = build_page(
            Material(
                name=name,
                title=report.title,
                points=points,
                tables={table.name: settings.tables.get(table.name, ()) for table in SCORES},
                statistics={point.dataset: _statistics(point.dataset) for point in points},
                studies=_studies(points, settings),
                revision=_revision(tracked),
            )
        )
        with written_whole(folder) as temporary:
            temporary.mkdir(parents=True)
            (temporary / "index.html").write_text(as_html(page), encoding="utf-8")
            (temporary / "report.md").write_text(as_markdown(page), encoding="utf-8")
        for file in ("index.html", "report.md"):
            tracked.log_artifact(folder / file)
    print(f"{folder / 'index.html'}: {report.title}")


def _revision(tracked: Run) -> str:
    """The git commit of the code, and whether files differ from it."""
    code = tracked.origin.code
    if code["git_commit"] == UNKNOWN:
        return "outside of a git repository"
    return f"at git revision {code['git_commit']}{', changed since' if code['git_dirty'] == 'true' else ''}"


def _inputs(points: list[ReportedPoint]) -> list[Path]:
    """The folders that the report reads, those that are here."""
    folders = [
        folder
        for point in points
        for folder in (
            paths.results(point.dataset, point.experiment),
            paths.models(point.dataset, point.experiment),
            paths.processed(point.dataset),
        )
    ]
    return [folder for folder in dict.fromkeys(folders) if folder.exists()]


def _statistics(dataset: str) -> SplitCounts | None:
    path = paths.processed(dataset) / "statistics.json"
    try:
        content: SplitCounts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), " ".join(str(error).split()), "the JSON that `glre preprocess` writes") from None
    for split, counts in content.items():
        if missing := [name for name in COUNTS if name not in counts]:
            raise InputError(str(path), f"no {missing[0]} of {split}", f"the counts {', '.join(COUNTS)}")
    return content


def _studies(points: list[ReportedPoint], settings: Settings) -> dict[str, Study]:
    studies = {}
    with progress("case studies", len(points), "point") as bar:
        for point in points:
            study = _study(point, settings)
            if study is not None:
                studies[point.name] = study
            bar.advance()
    return studies


def _study(point: ReportedPoint, settings: Settings) -> Study | None:
    """None where there are no predictions, or no documents that they are of."""
    results = point.results
    if results is None or results.predictions is None:
        return None
    path = paths.documents(point.dataset, results.split)
    if not path.exists():
        return None
    documents = read_documents(path)
    table = results.predictions
    seed = results.best_seed
    predictions = table[(table["split"] == results.split) & (table["seed"] == seed)]
    chosen = choose_documents(documents, predictions)
    model = paths.models(point.dataset, point.experiment) / f"seed-{seed}"
    attention: dict[str, Looked] = {}
    if model.exists():
        torch.set_num_threads(settings.experiment(point.dataset, point.experiment).training.threads)
        predictor = Predictor.load(model, Options(precision=Precision.FLOAT32))
        attention = {document.id: Probe(predictor, document).looked for document in chosen}
    return Study(
        documents=tuple(documents),
        chosen=tuple(chosen),
        seed=seed,
        predictions=predictions,
        attention=attention,
        missing_attention="" if attention else f"There is no attention to show: {model} is not here.",
    )
