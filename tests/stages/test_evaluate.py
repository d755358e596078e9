import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from mlflow import MlflowClient
from mlflow.entities import Run
from small_sample import DOCUMENTS

from glre.commands import compare, leaderboard, results
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, Fact
from glre.documents.table import read_documents, write_documents
from glre.errors import InputError
from glre.evaluation.predictions import SCHEMA, read_predictions
from glre.grid.params import read_settings
from glre.stages import evaluate, report, train
from glre.systems.trained import load_settings
from glre.tracking import read_run_id

RESULTS = Path("results/sample/glre")
MODEL = Path("models/sample/glre/seed-1")
BREAKDOWNS = ("distance", "mentions", "sentence", "relation", "frequency")
OUTPUTS = ("metrics.json", "predictions.parquet", "seeds.csv", *(f"{name}.csv" for name in BREAKDOWNS))
KEY = ["split", "document_id", "head_id", "tail_id", "relation"]


def metrics() -> dict[str, dict[str, float]]:
    content: dict[str, dict[str, float]] = json.loads((RESULTS / "metrics.json").read_text())
    return content


def predictions() -> pd.DataFrame:
    return read_predictions(RESULTS / "predictions.parquet")


def documents(split: str) -> list[Document]:
    return read_documents(Path(f"data/processed/sample/{split}.parquet"))


def outputs() -> dict[str, bytes]:
    return {name: (RESULTS / name).read_bytes() for name in OUTPUTS}


def run_of(run_id: str | None) -> Run:
    return MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db").get_run(str(run_id))


@pytest.mark.usefixtures("finished")
def test_metrics_are_those_of_the_predictions() -> None:
    found = metrics()
    assert list(found) == ["dev", "test"]
    for split, figures in found.items():
        rows = predictions().query("split == @split")
        facts = [fact for document in documents(split) for fact in document.facts]
        correct = int((rows["predicted"] & rows["gold"]).sum())
        assert figures["support"] == len(facts) == int(rows["gold"].sum())
        assert figures["precision"] == pytest.approx(correct / int(rows["predicted"].sum()), abs=1e-6)
        assert figures["recall"] == pytest.approx(correct / len(facts), abs=1e-6)
        assert figures["f1"] == pytest.approx(2 * correct / (int(rows["predicted"].sum()) + len(facts)), abs=1e-6)
        assert figures["seeds"] == 1
        assert not [name for name in figures if name.endswith("_std")]


@pytest.mark.usefixtures("finished")
def test_dev_is_what_training_saw() -> None:
    settings = load_settings(MODEL)
    assert metrics()["dev"]["f1"] == pytest.approx(settings.dev_f1, abs=1e-6)
    assert metrics()["test"]["threshold"] == pytest.approx(settings.threshold, abs=1e-6)


@pytest.mark.usefixtures("finished")
def test_the_all_positive_baseline() -> None:
    (rule,) = read_settings().dataset("sample").candidates
    for split, figures in metrics().items():
        made = documents(split)
        pairs = sum(len(candidate_pairs(document, [rule])) - len(document.excluded) for document in made)
        facts = sum(len(document.facts) for document in made)
        assert figures["all_positive_f1"] == pytest.approx(2 * facts / (pairs + facts), abs=1e-6)


@pytest.mark.usefixtures("finished")
def test_the_table_of_predictions() -> None:
    table = predictions()
    assert pq.read_schema(RESULTS / "predictions.parquet").equals(SCHEMA)
    assert table.columns[:12].tolist() == [
        "split", "seed", "document_id", "head_id", "tail_id", "relation",
        "score", "predicted", "gold", "seen_in_train", "distance", "mentions",
    ]  # fmt: skip
    assert table["document_id"].nunique() == DOCUMENTS["dev"] + DOCUMENTS["test"]
    assert not table.duplicated(KEY).any()
    threshold = load_settings(MODEL).threshold
    assert (table["predicted"] == ((table["score"] >= threshold) & ~table["excluded"])).all()
    gold = {
        (split, document.id, fact.head, fact.tail, fact.relation)
        for split in ("dev", "test")
        for document in documents(split)
        for fact in document.facts
    }
    assert set(table[table["gold"]][KEY].itertuples(index=False, name=None)) == gold


@pytest.mark.parametrize("name", BREAKDOWNS)
@pytest.mark.usefixtures("finished")
def test_breakdowns_share_out_all_facts_and_predictions(name: str) -> None:
    table = pd.read_csv(RESULTS / f"{name}.csv")
    for split, figures in metrics().items():
        rows = table[table["split"] == split]
        assert rows["support"].sum() == figures["support"]
        assert rows["predicted"].sum() == int(predictions().query("split == @split")["predicted"].sum())
    buckets = {
        "distance": ["0", "1", "2", "3+"],
        "mentions": ["[1,2)", "[2,3)", "[3,4)", "4+"],
        "sentence": ["intra", "inter"],
        "relation": ["CID"],
        "frequency": ["<10", "10-99", "100-499", "500+"],
    }
    assert table["bucket"].astype(str).unique().tolist() == buckets[name]


@pytest.mark.usefixtures("finished")
def test_one_relation_has_one_row_for_each_split_with_the_facts_of_train() -> None:
    table = pd.read_csv(RESULTS / "relation.csv")
    facts = sum(len(document.facts) for document in documents("train"))
    assert table[["bucket", "split", "facts_in_train"]].to_numpy().tolist() == [
        ["CID", "dev", facts],
        ["CID", "test", facts],
    ]
    for row, figures in zip(table.to_dict("records"), metrics().values(), strict=True):
        assert (row["f1"], row["support"]) == (pytest.approx(figures["f1"], abs=1e-6), figures["support"])
        assert "macro_f1" not in figures


@pytest.mark.usefixtures("finished")
def test_the_figures_stand_in_the_run_that_trained() -> None:
    run = run_of(read_run_id(RESULTS / "train_run.json"))
    assert run.data.tags["stage"] == "train"
    assert run.data.tags["evaluate.dvc_stage"] == "evaluate@sample-glre"
    assert len(run.data.tags["input.models/sample/glre"]) > 30
    assert run.info.status == "FINISHED"
    for split, figures in metrics().items():
        for name, value in figures.items():
            assert run.data.metrics[f"{split}.{name}"] == pytest.approx(value, abs=1e-6)
    client = MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db")
    assert {entry.path for entry in client.list_artifacts(run.info.run_id)} == set(OUTPUTS)


@pytest.mark.usefixtures("own_folder")
def test_evaluating_again_gives_the_same_to_the_byte_in_a_run_of_its_own_where_the_first_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = outputs()
    for name in OUTPUTS:
        (RESULTS / name).unlink()
    evaluate.run("sample", "glre")
    assert outputs() == before
    client = MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db")
    experiment = client.get_experiment_by_name("glre").experiment_id
    (run,) = client.search_runs([experiment], "tags.seed IS NULL")
    assert run.info.run_id != read_run_id(RESULTS / "train_run.json")
    (of_seed,) = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'")
    assert of_seed.data.tags["seed"] == "1"
    assert capsys.readouterr().out == (
        f"seed 1: MLflow has no model of its run {of_seed.info.run_id}, so none is registered\n"
    )
    assert client.search_registered_models() == []
    assert (run.info.run_name, run.data.tags["stage"]) == ("evaluate sample-glre", "evaluate")
    assert run.data.metrics["test.f1"] == pytest.approx(metrics()["test"]["f1"], abs=1e-6)


def without_gold(document: Document) -> Document:
    return replace(document, facts=(), excluded=())


def all_positive(document: Document) -> Document:
    (rule,) = read_settings().dataset("sample").candidates
    ids = [entity.id for entity in document.entities]
    pairs = candidate_pairs(document, [rule])
    return replace(document, facts=tuple(Fact(ids[p.head], ids[p.tail], "CID") for p in pairs), excluded=())


@pytest.mark.usefixtures("own_folder")
@pytest.mark.parametrize("change", [without_gold, all_positive])
def test_scores_of_test_do_not_depend_on_its_gold(change: Callable[[Document], Document]) -> None:
    before = predictions().query("split == 'test'").set_index(KEY)
    write_documents([change(document) for document in documents("test")], Path("data/processed/sample/test.parquet"))
    evaluate.run("sample", "glre")
    after = predictions().query("split == 'test'").set_index(KEY)
    both = after.index.intersection(before.index)
    assert len(both) > 0.9 * len(before[before["score"] > 0.01])
    assert (after.loc[both, "score"] == before.loc[both, "score"]).all()
    assert (after["gold"].any(), "test" in metrics()) == ((False, False) if change is without_gold else (True, True))
    assert metrics()["dev"]["f1"] > 0


def several_relations(document: Document) -> Document:
    """Every other fact is of another relation."""
    facts = tuple(replace(fact, relation="OTHER") if number % 2 else fact for number, fact in enumerate(document.facts))
    return replace(document, facts=facts)


@pytest.mark.usefixtures("own_folder")
def test_a_split_without_facts_has_predictions_and_no_metrics_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    before = predictions()
    dev = {name: pd.read_csv(RESULTS / f"{name}.csv").query("split == 'dev'") for name in ("seeds", *BREAKDOWNS)}
    figures = metrics()["dev"]
    path = Path("data/processed/sample/test.parquet")
    write_documents([without_gold(document) for document in documents("test")], path)
    evaluate.run("sample", "glre")
    assert capsys.readouterr().out.startswith(f"{path}: no facts, so there are predictions and no metrics\n")
    assert metrics() == {"dev": figures}
    for name, rows in dev.items():
        pd.testing.assert_frame_equal(pd.read_csv(RESULTS / f"{name}.csv"), rows.reset_index(drop=True))
    rows = predictions().query("split == 'test'")
    assert not rows["gold"].any()
    assert rows["predicted"].sum() == before.query("split == 'test'")["predicted"].sum() > 0


@pytest.mark.usefixtures("own_folder")
def test_without_a_test_split_dev_alone_is_scored_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    before = predictions()
    figures = metrics()["dev"]
    settings = yaml.safe_load(Path("params.yaml").read_text())
    del settings["datasets"]["sample"]["splits"]["test"]
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    Path("data/processed/sample/test.parquet").unlink()
    evaluate.run("sample", "glre")
    assert capsys.readouterr().out.startswith("sample has no test split: figures are those of dev, which chose the ")
    assert metrics() == {"dev": figures}
    pd.testing.assert_frame_equal(predictions(), before.query("split == 'dev'").reset_index(drop=True))
    for name in ("seeds", *BREAKDOWNS):
        assert pd.read_csv(RESULTS / f"{name}.csv")["split"].unique().tolist() == ["dev"]
    report.run("sample")
    assert "sample, dev (the facts of test are not here)" in Path("reports/sample/report.md").read_text("utf-8")
    results.run("sample", None)
    compare.run("table4", "sample", "http://127.0.0.1:5000")
    with pytest.raises(InputError, match=r"test\.parquet: found no such file"):
        leaderboard.run(MODEL, None, Path("result.json"), None, None)


@pytest.mark.usefixtures("own_folder")
def test_dev_without_facts_is_refused() -> None:
    before = outputs()
    path = Path("data/processed/sample/dev.parquet")
    write_documents([without_gold(document) for document in documents("dev")], path)
    with pytest.raises(InputError, match=r"dev\.parquet: found no facts; expected facts, on which the threshold"):
        evaluate.run("sample", "glre")
    assert outputs() == before


@pytest.mark.usefixtures("own_folder")
def test_several_relations() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["datasets"]["sample"]["relations"] = ["CID", "OTHER"]
    settings["defaults"]["training"] |= {"epochs": 2}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    for split in ("train", "dev", "test"):
        changed = [several_relations(document) for document in documents(split)]
        write_documents(changed, Path(f"data/processed/sample/{split}.parquet"))
    train.run("sample", "glre")
    evaluate.run("sample", "glre")
    in_train = Counter(fact.relation for document in documents("train") for fact in document.facts)
    relations = pd.read_csv(RESULTS / "relation.csv")
    for split, figures in metrics().items():
        rows = relations[relations["split"] == split].set_index("bucket")
        assert rows["facts_in_train"].to_dict() == dict(in_train.most_common())
        assert rows["support"].to_dict() == Counter(f.relation for made in documents(split) for f in made.facts)
        assert rows.index.tolist() == [relation for relation, _ in in_train.most_common()]
        assert figures["macro_f1"] == pytest.approx(rows["f1"].mean(), abs=1e-6)
        assert figures["macro_f1"] != figures["f1"]
    assert "macro_f1" in pd.read_csv(RESULTS / "seeds.csv").columns


@pytest.mark.usefixtures("own_folder")
def test_several_seeds() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["defaults"]["training"] |= {"seeds": [4, 5], "epochs": 1}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    train.run("sample", "glre")
    evaluate.run("sample", "glre")
    seeds = pd.read_csv(RESULTS / "seeds.csv")
    assert seeds.groupby("split")["seed"].agg(list).to_dict() == {"dev": [4, 5], "test": [4, 5]}
    for split, figures in metrics().items():
        rows = seeds[seeds["split"] == split]
        assert figures["seeds"] == 2
        for name in ("precision", "recall", "f1", "threshold"):
            assert figures[name] == pytest.approx(rows[name].mean(), abs=1e-6)
            assert figures[f"{name}_std"] == pytest.approx(rows[name].std(ddof=1), abs=1e-6)
    assert sorted(predictions()["seed"].unique()) == [4, 5]
    assert {path.name for path in Path("models/sample/glre").iterdir()} == {"seed-4", "seed-5"}
    for seed in (4, 5):
        chosen = load_settings(Path(f"models/sample/glre/seed-{seed}"))
        (row,) = seeds.query("split == 'dev' and seed == @seed").to_dict("records")
        assert (row["f1"], row["threshold"]) == pytest.approx((chosen.dev_f1, chosen.threshold))
    run = run_of(read_run_id(RESULTS / "train_run.json"))
    assert run.data.metrics["best_dev_f1"] == pytest.approx(metrics()["dev"]["f1"], abs=1e-6)
    client = MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db")
    own = f"tags.`mlflow.parentRunId` = '{run.info.run_id}'"
    of_seeds = {int(found.data.tags["seed"]): found for found in client.search_runs([run.info.experiment_id], own)}
    versions = {int(found.tags["seed"]): found for found in client.search_model_versions("name = 'glre-sample'")}
    assert of_seeds.keys() == versions.keys() == {4, 5}
    for row in seeds.to_dict("records"):
        logged = of_seeds[row["seed"]].data.metrics
        for name in set(row) - {"split", "seed"}:
            assert logged[f"{row['split']}.{name}"] == pytest.approx(row[name]), name
    for seed, version in versions.items():
        assert float(version.tags["dev.f1"]) == of_seeds[seed].data.metrics["dev.f1"]
        assert float(version.tags["threshold"]) == load_settings(Path(f"models/sample/glre/seed-{seed}")).threshold
        assert version.run_id == of_seeds[seed].info.run_id
    champion = client.get_model_version_by_alias("glre-sample", "champion")
    assert float(champion.tags["dev.f1"]) == seeds.query("split == 'dev'")["f1"].max()


def test_before_train(own_folder: Path) -> None:
    (own_folder / MODEL / "settings.json").unlink()
    with pytest.raises(InputError, match=r"seed-1/settings\.json: found no such file.*; expected .* as `glre train`"):
        evaluate.run("sample", "glre")


@pytest.mark.usefixtures("finished")
def test_unknown_names() -> None:
    with pytest.raises(InputError, match="datasets: found 'other'; expected one of sample"):
        evaluate.run("other", "glre")
    with pytest.raises(InputError, match="experiments: found 'other'; expected one of glre"):
        evaluate.run("sample", "other")
