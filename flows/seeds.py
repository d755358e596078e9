"""The seeds of every experiment, in params.yaml."""

import re
from collections.abc import Sequence
from pathlib import Path

from glre.errors import InputError
from glre.files import written_whole
from glre.grid.params import read_settings

_LINE = re.compile(r"^seeds:[^#\n]*?(?=[ \t]*(?:#|$))", re.MULTILINE)


def write_seeds(path: Path, seeds: Sequence[int]) -> None:
    """Set `seeds` in the settings at `path`, all else as it stands; InputError where that would not do.

    DVC, too, can set it (`-S`), but would lay out the whole file anew.
    """
    text = path.read_text(encoding="utf-8")
    changed, found = _LINE.subn(f"seeds: {list(seeds)}", text)
    if found != 1:
        raise InputError(f"{path}, seeds", f"{found} lines", "one line, such as `seeds: null`")
    with written_whole(path) as temporary:
        temporary.write_text(changed, encoding="utf-8")
        read_settings(temporary)
