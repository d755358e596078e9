"""The files that a stage's figures come from, itself and what it imports, read off the source.

DVC's dependencies are held to it, and a checkpoint is known by it. A system comes in by name from the registry, so the
registry is not followed: to one system's point its neighbours are nothing.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
_NOT_FOLLOWED = (
    "glre.systems.registry",
    # What reads params.yaml: DVC looks itself at the keys that a stage takes.
    "glre.grid.params",
    "glre.grid.points",
    "glre.grid.reports",
    # The names of formats.
    "glre.document_format",
    # What writes, shows and logs figures, and makes none.
    "glre.counted",
    "glre.errors",
    "glre.files",
    "glre.memory",
    "glre.paths",
    "glre.printable",
    "glre.progress",
    "glre.source_code",
    "glre.terminal",
    "glre.tracking",
)
_NOT_FOLLOWED_FROM = {
    # What it leaves is fixed by checksums.
    "download": ("glre.settings",),
    # What MLflow serves of a trained model.
    "train": ("glre.prediction",),
}


def files_behind(stage: str, system: str | None = None, package: Path = PACKAGE) -> tuple[Path, ...]:
    """The files under `package` that a stage's figures come from, sorted and relative to it; of systems, this alone.

    Of a package that only hands on names, the files count that these come from. KeyError where there is no such stage
    or system.
    """
    left_out = {*_NOT_FOLLOWED, *_NOT_FOLLOWED_FROM.get(stage, ())}
    waiting = [f"glre.stages.{stage}", *(_below(f"glre.systems.{system}", package) if system else ())]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in found or any(module == name or module.startswith(f"{name}.") for name in left_out):
            continue
        found.add(module)
        waiting += _imports(_file(module, package), package)
    return tuple(sorted(_file(module, package).relative_to(package) for module in found))


def _below(module: str, package: Path) -> Iterator[str]:
    folder = _file(module, package).parent
    for file in folder.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        yield ".".join(("glre", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _find(module: str, package: Path) -> Path | None:
    place = package.joinpath(*module.split(".")[1:])
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _file(module: str, package: Path) -> Path:
    if (file := _find(module, package)) is None:
        raise KeyError(module)
    return file


@cache
def _imports(file: Path, package: Path) -> tuple[str, ...]:
    """The modules that hold what a file imports of the package, inside of functions too."""
    modules = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names if alias.name.startswith("glre.")]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "glre":
            modules += [_holder(str(node.module), alias.name, package) for alias in node.names]
    return tuple(modules)


def _holder(module: str, name: str, package: Path) -> str:
    """The module that `from module import name` takes the name from, through packages that hand it on."""
    if _find(f"{module}.{name}", package) is not None:
        return f"{module}.{name}"
    file = _file(module, package)
    if file.name == "__init__.py":
        for node in ast.parse(file.read_bytes()).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glre."):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return _holder(str(node.module), alias.name, package)
    return module
