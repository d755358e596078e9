"""Imports run one way: a floor imports from those below it, and nothing in a folder imports what imports it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import glre

FLOORS = (
    {
        "errors",
        "printable",
        "counted",
        "document_format",
        "files",
        "loopback",
        "memory",
        "paths",
        "progress",
        "source_code",
        "terminal",
    },
    {"settings"},
    {"text"},
    {"documents"},
    {"formats"},
    {"corpora"},
    {"encoding"},
    {"evaluation"},
    {"systems"},
    {"grid"},
    {"tracking"},
    {"training"},
    {"prediction"},
    {"bulk"},
    {"reporting"},
    {"stages", "commands"},
    {"cli"},
)
"""From below. Only the first is more than one thing; `stages` and `commands` know nothing of each other."""
ONLY_THERE = {"mlflow": {"tracking", "prediction"}, "ray": {"bulk"}, "prefect": set(), "dvc": set()}
"""Which packages may import a tool of those that could be exchanged."""

ROOT = Path(glre.__file__).parent.parent
FILES = {path.relative_to(ROOT).with_suffix("").parts: path for path in sorted(ROOT.glob("glre/**/*.py"))}
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}


def imported_names(path: Path) -> Iterator[tuple[str, ...]]:
    """All that the file imports, also inside functions and for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (tuple(f"{node.module}.{alias.name}".split(".")) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)


def file_of(name: tuple[str, ...]) -> tuple[str, ...] | None:
    """The file of the package that an imported name is of."""
    while name:
        for file in (name, (*name, "__init__")):
            if file in FILES:
                return file
        name = name[:-1]
    return None


IMPORTS = [
    (file, found)
    for file, path in FILES.items()
    for name in imported_names(path)
    if (found := file_of(name)) is not None
]


def test_each_package_is_on_a_floor_and_imports_from_below() -> None:
    assert {file[1] for file in FILES} - {"__init__"} == FLOOR.keys()
    above = {
        f"{'.'.join(file)} imports {'.'.join(found)}"
        for file, found in IMPORTS
        if "__init__" not in (file[1], found[1]) and file[1] != found[1]
        if FLOOR[found[1]] > FLOOR[file[1]] or (FLOOR[found[1]] == FLOOR[file[1]] > 0)
    }
    assert not above


def test_no_circle_of_files_or_folders() -> None:
    """In each folder, among its files and folders; a circle of files is one in the folder that holds all of them."""
    graphs: dict[tuple[str, ...], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for file, found in IMPORTS:
        shared = next((place for place, pair in enumerate(zip(file, found, strict=False)) if len(set(pair)) > 1), None)
        if shared is not None:
            graphs[file[:shared]][file[shared]].add(found[shared])
    for folder, graph in graphs.items():
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(f"{'.'.join(folder)}: {' imports '.join(reversed(error.args[1]))}")


def test_tools_that_could_be_exchanged_are_known_to_one_place() -> None:
    found = {
        f"{'.'.join(file)} imports {name[0]}"
        for file, path in FILES.items()
        for name in imported_names(path)
        if name[0] in ONLY_THERE and file[1] not in ONLY_THERE[name[0]]
    }
    assert not found
