import socket
import sys
import time
from pathlib import Path

import pytest
import yaml
from small_sample import ROOT

from flows import serving
from flows.serving import Service, local_settings, serve
from glre.errors import InputError
from glre.grid.params import read_settings


def test_settings_are_the_repositorys_and_the_users_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in local_settings(tmp_path, 1234):
        monkeypatch.delenv(name, raising=False)
    own = local_settings(tmp_path, 1234)
    assert own["PREFECT_HOME"] == str(tmp_path / ".prefect")
    assert own["PREFECT_API_URL"] == "http://127.0.0.1:1234/api"
    assert "PREFECT_API_URL" not in local_settings(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", "/elsewhere")
    assert local_settings(tmp_path)["PREFECT_HOME"] == "/elsewhere"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: found a process that listens already"):
            serve(tmp_path, port)


def test_a_service_that_ends_is_started_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(serving, "_AGAIN_AFTER", 0.0)
    service = Service("the sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
    service.keep()
    first = service.process
    assert first
    service.keep()
    assert service.process is first
    first.kill()
    first.wait()
    service.keep()
    assert service.process
    assert service.process is not first
    assert service.process.poll() is None
    assert "the sleeper ended with exit code -9: it is started again" in capsys.readouterr().out
    service.stop()
    assert service.process.poll() is not None


def test_a_service_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serving, "_GRACE", 0.5)
    ready = tmp_path / "ready"
    program = "import pathlib, signal, sys, time; signal.signal(15, signal.SIG_IGN); "
    program += "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    service = Service("the stubborn", [sys.executable, "-c", program, str(ready)])
    service.keep()
    while not ready.exists():
        time.sleep(0.02)
    service.stop()
    assert service.process
    assert service.process.poll() == -9


def test_deployments_name_what_there_is() -> None:
    settings = read_settings(ROOT / "params.yaml")
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    names = [(deployment["entrypoint"], deployment["name"]) for deployment in deployments]
    assert len(set(names)) == len(names)
    for deployment in deployments:
        assert deployment["work_pool"] == {"name": serving.POOL}
        chosen = deployment["parameters"]
        assert set(chosen.get("datasets", [])) <= settings.datasets.keys()
        assert set(chosen.get("points", [])) <= settings.grid.points.keys()
        assert chosen.get("table") in (None, *settings.tables)
        assert set(chosen.get("experiments", [])) <= settings.experiments.keys()
        assert set(chosen.get("targets", [])) <= {"report", "report_sample"}
