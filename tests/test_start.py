"""What a command imports before it does anything: most of what a short one takes."""

import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import COMMANDS

COUNTED = """
import sys
from glre import cli
for command in sys.argv[1].split(";"):
    sys.argv = ["glre", *command.split(",")]
    try:
        cli.main()
    except SystemExit as ended:
        assert not ended.code, ended.code
print(*sys.modules, sep=chr(10), file=sys.stderr)
"""
HEAVY = {"torch", "transformers", "numpy", "pandas", "pyarrow", "matplotlib", "mlflow", "dvc", "prefect"}
NOT_FOR_A_RELATION = {"pandas", "pyarrow", "bioc", "lxml", "requests", "matplotlib", "mlflow", "dvc", "prefect", "ray"}
ONE = "7|t|Velorin and rash\n7|a|It came.\n7\t0\t7\tVelorin\tChemical\tD1\n7\t12\t16\trash\tDisease\tD2\n"


def modules(folder: Path, *commands: list[str]) -> list[str]:
    """Names of what a process has imported that ran these commands of glre."""
    given = ";".join(",".join(command) for command in commands)
    ended = subprocess.run(
        [sys.executable, "-c", COUNTED, given], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return [line for line in ended.stderr.splitlines() if " " not in line]


def packages(names: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_help_imports_little(tmp_path: Path) -> None:
    found = modules(tmp_path, ["--help"], *([name, "--help"] for name in COMMANDS))
    assert not packages(found) & HEAVY
    assert len(found) < 450


@pytest.mark.usefixtures("finished")
def test_a_relation_needs_torch_and_transformers_and_little_else(finished_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(ONE, encoding="utf-8")
    found = modules(tmp_path, ["predict", str(finished_folder / "models/sample/glre"), "one.txt", "-o", "one.jsonl"])
    assert (tmp_path / "one.jsonl").is_file()
    assert not packages(found) & NOT_FOR_A_RELATION
    assert len(found) < 3_400
