import pytest

from glre.tracking.provenance.identity import StageIdentity


@pytest.mark.parametrize(
    ("identity", "run_name", "dvc_stage"),
    [
        (StageIdentity("download", "cdr"), "download cdr", "download@cdr"),
        (StageIdentity("encode", "cdr", encoder="minilm"), "encode cdr-minilm", "encode@cdr-minilm"),
        (StageIdentity("train", "cdr", "glre", "minilm"), "train cdr-glre", "train@cdr-glre"),
        (StageIdentity("report", report="sample"), "report sample", "report@sample"),
        (StageIdentity("train", "cdr", "glre", "minilm", seed=0), "train cdr-glre seed 0", "train@cdr-glre"),
    ],
)
def test_names(monkeypatch: pytest.MonkeyPatch, identity: StageIdentity, run_name: str, dvc_stage: str) -> None:
    monkeypatch.delenv("DVC_STAGE", raising=False)
    assert (identity.run_name, identity.dvc_stage) == (run_name, dvc_stage)


def test_the_stage_name_that_dvc_gives_its_commands_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_STAGE", "train@cdr-glre-7")
    assert StageIdentity("train", "cdr", "glre").tags["dvc_stage"] == "train@cdr-glre-7"
