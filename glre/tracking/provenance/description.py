"""A run's description in MLflow's pages: what it is, what it was made from, and how to get it again."""

from collections.abc import Iterator, Mapping

from glre.tracking.provenance.workspace import UNKNOWN

NOTE = "mlflow.note.content"
"""The tag that MLflow shows as a run's description, in Markdown."""


_WHAT = {
    "download": "Files of a corpus, fetched and checked",
    "preprocess": "A corpus turned into tables of documents",
    "encode": "Hidden states of a frozen encoder",
    "train": "GLRE, trained",
    "evaluate": "trained models, scored on dev and test",
    "report": "A page of what has been run, beside the paper",
    "flow": "A flow; the runs of its stages hang under it",
}


def describe(run_id: str, tags: Mapping[str, str]) -> str:
    """The description that follows from a run's tags, those of every stage that went on with it among them."""
    parts = [_summary(tags), *_stages(tags)]
    inputs = {key.removeprefix("input."): md5 for key, md5 in sorted(tags.items()) if key.startswith("input.")}
    if inputs:
        rows = [f"| `{path}` | `{md5}` |" for path, md5 in inputs.items()]
        parts.append("\n".join(["| input | md5, as in dvc.lock |", "|---|---|", *rows]))
    if tags.get("stage") != "flow":
        parts.append(f"Again, by these commands or as `glre reproduce {run_id[:8]}` says:\n\n{_commands(tags)}")
    return "\n\n".join(parts)


def stages_of(tags: Mapping[str, str]) -> dict[str, str]:
    """What a run's stages put before the names of their tags, by the stage: nothing for the one that began it."""
    suffix = ".dvc_stage"
    later = {key.removesuffix(suffix): key.removesuffix("dvc_stage") for key in tags if key.endswith(suffix)}
    return {tags["stage"]: "", **later} if "stage" in tags else later


def _summary(tags: Mapping[str, str]) -> str:
    what = "; ".join(_WHAT.get(stage, f"The stage {stage}") for stage in stages_of(tags))
    where = [f"{name} `{tags[name]}`" for name in ("dataset", "experiment", "encoder", "seed") if name in tags]
    return f"{what[:1].upper()}{what[1:]}: {', '.join(where)}." if where else f"{what[:1].upper()}{what[1:]}."


def _stages(tags: Mapping[str, str]) -> Iterator[str]:
    for prefix in stages_of(tags).values():
        commit = tags.get(f"{prefix}git_commit", UNKNOWN)
        state = "with uncommitted changes" if tags.get(f"{prefix}git_dirty") == "true" else "without changes"
        stage = f"DVC stage `{tags[f'{prefix}dvc_stage']}`" if f"{prefix}dvc_stage" in tags else ""
        text = f"{stage and f'{stage} at '}git revision {_revision(commit, tags)}, {state}"
        if commit == UNKNOWN:
            text = f"{stage and f'{stage} '}outside of a git repository: the version of the code is not known"
        if name := tags.get(f"{prefix}dvc_experiment"):
            text += f", as DVC's experiment `{name}`"
        yield text + "."


def _revision(commit: str, tags: Mapping[str, str]) -> str:
    remote = tags.get("mlflow.source.git.repoURL")
    if remote is None:
        return f"`{commit}`"
    return f"[`{commit}`]({remote}/tree/{commit}) ([dvc.lock]({remote}/blob/{commit}/dvc.lock))"


def _commands(tags: Mapping[str, str]) -> str:
    prefix = list(stages_of(tags).values())[-1]
    commit, stage = tags.get(f"{prefix}git_commit", UNKNOWN), tags.get(f"{prefix}dvc_stage", "")
    checkout = "" if commit == UNKNOWN else f"git checkout {commit}\n"
    return f"```\n{checkout}dvc repro {stage}\n```"
