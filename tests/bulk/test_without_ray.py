"""Ray is an extra."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_predictors import FakeLoad
from small_jobs import OPTIONS, run
from small_shards import write_shards

from glre.errors import InputError


def test_it_is_named_where_it_is_missing(tmp_path: Path, load: FakeLoad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    write_shards(tmp_path / "in")
    with pytest.raises(InputError, match=r"pip install 'glre\[ray\]'"):
        run(tmp_path, load, replace(OPTIONS, ray="local"))
