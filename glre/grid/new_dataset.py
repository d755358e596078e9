"""A dataset's entry written into params.yaml, all else as it stands."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from glre.errors import InputError
from glre.files import written_whole
from glre.grid.derived import derive
from glre.grid.params import Settings, read_settings

_WIDTH = 110
_SECTION = re.compile(r"^datasets:[ \t]*(#.*)?$")
_NEXT = re.compile(r"^[^\s#]")


def as_text(name: str, entry: Mapping[str, Any]) -> str:
    """The entry as it stands below `datasets`."""
    text = yaml.safe_dump(
        {name: dict(entry)}, sort_keys=False, default_flow_style=None, width=_WIDTH, allow_unicode=True
    )
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def write_dataset(name: str, entry: Mapping[str, Any], path: Path = Path("params.yaml")) -> Settings:
    """Add the entry at the end of `datasets` and return the settings with it.

    InputError where there is a dataset called so, or where the file with it would not do; it then stays as it was.
    """
    if name in read_settings(path).datasets:
        raise InputError(f"{path}, datasets", f"{name!r} already", "a name that no dataset has")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = _end_of_datasets(lines, path)
    with written_whole(path) as temporary:
        temporary.write_text("".join([*lines[:place], "\n", as_text(name, entry), *lines[place:]]), encoding="utf-8")
        settings = read_settings(temporary)
        if settings.datasets[name].model_dump(mode="json", exclude_unset=True) != dict(entry):
            raise InputError(f"{path}, datasets.{name}", "another content than was meant", "what YAML can hold")
        derive(settings, path.parent)
    return settings


def _end_of_datasets(lines: list[str], path: Path) -> int:
    """The line that follows the last dataset, comments of what comes next left out."""
    begin = next((number for number, line in enumerate(lines) if _SECTION.match(line.rstrip("\n"))), None)
    if begin is None:
        raise InputError(f"{path}, datasets", "no line of its own", "`datasets:`, its entries in the lines below")
    end = next((number for number in range(begin + 1, len(lines)) if _NEXT.match(lines[number])), len(lines))
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return end
