"""Tags that say in which tables of the paper a run's point stands."""

from pathlib import Path

import yaml

PREFIX = "table."
"""What a table's tag begins with, so that a table may be called as it likes."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def table_tag(table: str) -> str:
    """Name of the tag that the runs of a table have, with the value `true`."""
    return f"{PREFIX}{table}"


def table_tags(point: str, root: Path) -> dict[str, str]:
    """A tag for each table of params.yaml at `root` that lists the point; none where the file lists no tables.

    Only `tables` is read: whether the whole of params.yaml is right is for the stages to say.
    """
    try:
        content = yaml.load((root / "params.yaml").read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    tables = content.get("tables") if isinstance(content, dict) else None
    if not isinstance(tables, dict):
        return {}
    return {table_tag(name): "true" for name, points in tables.items() if isinstance(points, list) and point in points}
