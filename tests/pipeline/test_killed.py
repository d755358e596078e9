"""`kill -9` in the middle of each stage, also of DVC together with its stage, and the same command again."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from forked_commands import kill_command_at, kill_command_when, run_command
from small_sample import EPOCHS, ROOT
from workspaces import STAGES, TARGET, Workspace, copy_without

RESULTS = "results/sample/glre"
MODELS = "models/sample/glre"
CHECKPOINTS = "checkpoints/sample/glre"
OF_SAMPLE = ("--dataset", "sample")
OF_POINT = (*OF_SAMPLE, "--experiment", "glre")


def same_figures(workspace: Workspace, undisturbed: Workspace) -> None:
    """Assert that results and models are those of the undisturbed run, and nothing unfinished is left."""
    mine, theirs = (
        {name: content for name, content in w.files("results", "models").items() if name != f"{RESULTS}/train_run.json"}
        for w in (workspace, undisturbed)
    )
    assert mine == theirs
    assert workspace.leftovers() == []
    assert workspace.repro() == []
    assert {run.info.status for run in workspace.runs()} <= {"FINISHED", "KILLED"}


@dataclass
class Stalling:
    """A web server that sends half of a file and then nothing, until it is told to go on."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stalling() -> Iterator[Stalling]:
    web = Stalling(files={f"/{path.name}": path.read_bytes() for path in (ROOT / "data/sample").glob("*.txt")})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, asked = web.files[self.path], self.headers.get("Range")
            web.requests.append((self.path, asked))
            first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - first))
            self.end_headers()
            half = max(first, len(content) // 2)
            try:
                self.wfile.write(content[first:half])
                web.released.wait()
                self.wfile.write(content[half:])
            except ConnectionError:
                pass

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield web
    finally:
        web.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_download(undisturbed: Workspace, tmp_path: Path, store: Path) -> None:
    workspace = copy_without(STAGES[:1], undisturbed, tmp_path / "glre", store)
    partial = workspace.root / "data/partial/sample"
    with stalling() as web:
        settings: dict[str, Any] = yaml.safe_load((workspace.root / "params.yaml").read_text())
        for name, source in settings["datasets"]["sample"]["files"].items():
            source.pop("path")
            source["addresses"] = [{"url": f"{web.address}/{name}"}]
        (workspace.root / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))

        def half_a_file_is_there() -> bool:
            return any(path.stat().st_size > 0 for path in partial.glob("train*.partial"))

        kill_command_when(workspace, half_a_file_is_there, "download", *OF_SAMPLE)
        assert not (workspace.root / "data/raw/sample/train.PubTator.txt").exists()
        received = {path.name: path.stat().st_size for path in partial.iterdir()}
        assert len(received) == 1
        web.released.set()
        kill_command_at(workspace, "os.rename", r"raw/sample/dev\.PubTator\.txt$", "download", *OF_SAMPLE)
        assert web.requests[1] == ("/train.PubTator.txt", f"bytes={received.popitem()[1]}-")
        assert not (workspace.root / "data/raw/sample/dev.PubTator.txt").exists()
        workspace.dvc("repro", STAGES[0])
    assert workspace.files("data/raw") == undisturbed.files("data/raw")
    assert workspace.leftovers() == []
    assert [run.info.status for run in workspace.runs(stage="download")] == ["KILLED", "KILLED", "FINISHED"]


def test_preprocess_and_encode(undisturbed: Workspace, tmp_path: Path, store: Path) -> None:
    workspace = copy_without(STAGES[1:3], undisturbed, tmp_path / "glre", store)
    processed, features = workspace.root / "data/processed", workspace.root / "data/features/sample/minilm"

    kill_command_at(workspace, "open", r"/\.sample\.partial/statistics\.json$", "preprocess", *OF_SAMPLE)
    assert [path.name for path in processed.iterdir()] == [".sample.partial"]
    kill_command_at(workspace, "os.rename", r"^data/processed/sample$", "preprocess", *OF_SAMPLE)
    assert (processed / ".sample.partial/statistics.json").exists()
    assert not (processed / "sample").exists()
    run_command(workspace, "preprocess", *OF_SAMPLE)

    def states_are_being_written() -> bool:
        return any(workspace.root.glob("data/partial/sample/*/states.npy"))

    kill_command_when(workspace, states_are_being_written, "encode", *OF_SAMPLE)
    assert not any(features.glob("*.npy"))
    kill_command_at(workspace, "open", r"/\.dev\.json\.partial$", "encode", *OF_SAMPLE)
    done = {path.name for path in workspace.root.glob("data/*/sample/minilm*/*.*") if not path.name.startswith(".")}
    assert done == {"train.npy", "train.json", "dev.npy"}

    # The bytes are the same again, so that train and evaluate do not run.
    assert workspace.repro() == list(STAGES[1:3])
    assert workspace.files("data/processed", "data/features") == undisturbed.files("data/processed", "data/features")
    same_figures(workspace, undisturbed)


def test_train_and_evaluate(undisturbed: Workspace, tmp_path: Path, store: Path) -> None:
    workspace = copy_without(STAGES[3:], undisturbed, tmp_path / "glre", store)

    def checkpoints() -> list[str]:
        (of_seed,) = (workspace.root / CHECKPOINTS).glob("**/seed-1")
        return sorted(path.name for path in of_seed.iterdir())

    def history(epoch: int) -> list[dict[str, float]]:
        (state,) = (workspace.root / CHECKPOINTS).glob(f"**/epoch-{epoch:04}/state.json")
        return list(json.loads(state.read_text())["history"])

    kill_command_at(workspace, "open", r"/\.epoch-0002\.partial/state\.json$", "train", *OF_POINT)
    assert checkpoints() == [".epoch-0002.partial", "epoch-0001"]
    first = history(1)
    kill_command_at(workspace, "os.mkdir", r"/\.epoch-0003\.partial$", "train", *OF_POINT)
    assert checkpoints() == ["epoch-0002"]
    second = history(2)
    # The seconds that an epoch took would be others had it been trained again.
    assert second[:1] == first
    assert not (workspace.root / MODELS).exists()

    def the_model_is_being_logged() -> bool:
        return bool(workspace.rows("SELECT 1 FROM logged_models WHERE status != 2"))

    kill_command_when(workspace, the_model_is_being_logged, "train", *OF_POINT)
    assert history(EPOCHS)[:2] == second
    kill_command_at(workspace, "os.rename", rf"^{MODELS}$", "train", *OF_POINT)
    assert not (workspace.root / MODELS).exists()
    workspace.kill_at("os.rename", rf"^{RESULTS}/predictions\.parquet$")
    assert not (workspace.root / CHECKPOINTS).exists()
    kill_command_at(workspace, "os.rename", rf"^{RESULTS}/metrics\.json$", "evaluate", *OF_POINT)
    assert (workspace.root / RESULTS / "predictions.parquet").exists()
    assert not (workspace.root / RESULTS / "metrics.json").exists()

    assert workspace.repro() == [TARGET]
    same_figures(workspace, undisturbed)
    run, seed = workspace.runs(stage="train")
    assert (run.info.status, seed.info.status) == ("FINISHED", "FINISHED")
    assert run.data.metrics["test.f1"] > 0
    steps = [point.step for point in workspace.mlflow().get_metric_history(seed.info.run_id, "epoch.loss")]
    assert steps == list(range(1, EPOCHS + 1))
