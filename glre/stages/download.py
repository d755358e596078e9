"""A dataset's files, fetched and verified."""

from contextlib import suppress

from glre import paths
from glre.corpora.sources import Folders, obtain
from glre.grid.params import read_settings
from glre.tracking import StageIdentity, stage_run


def run(dataset: str) -> None:
    """Leave every file of the dataset, its checksum verified, in data/raw/<dataset>."""
    settings = read_settings().dataset(dataset)
    folders = Folders(paths.raw(dataset), paths.partial(dataset), mirror=settings.mirror or dataset)
    checksums = {"sha256": {name: source.sha256 for name, source in settings.files.items()}}
    with stage_run(StageIdentity("download", dataset), checksums, []):
        try:
            for name, source in settings.files.items():
                origin = obtain(name, source, folders)
                print(f"{folders.raw / name}: {origin}", flush=True)
        finally:
            with suppress(OSError):  # not empty: an unfinished file waits to be gone on with
                folders.partial.rmdir()
