import gzip
import hashlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glre.corpora import unpacking
from glre.corpora.unpacking import BrokenFileError, sha256, unpack

CONTENT = b"Zelatrazine causes palsy.\n" * 100
EVIL_NAMES = ["../outside.txt", "/tmp/outside.txt", "a/../../outside.txt", "C:\\outside.txt"]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "inside").mkdir(parents=True)
    return tmp_path / "deep" / "inside"


def test_plain_and_gzip_whatever_the_name(folder: Path) -> None:
    (folder / "plain.gz").write_bytes(CONTENT)
    (folder / "packed.txt").write_bytes(gzip.compress(CONTENT[:500]) + gzip.compress(CONTENT[500:]))
    for name in ("plain.gz", "packed.txt"):
        digest = unpack(folder / name, None, folder / "out")
        assert (folder / "out").read_bytes() == CONTENT
        assert digest == hashlib.sha256(CONTENT).hexdigest() == sha256(folder / "out")


@pytest.mark.parametrize("name", ["folder/corpus.txt", *EVIL_NAMES])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_only_the_member_and_only_into_the_target(
    tmp_path: Path, folder: Path, name: str, pack: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    archive = pack(folder / "archive", {"other.txt": b"other", "../../other.txt": b"other", name: CONTENT})
    before = set(tmp_path.rglob("*"))
    unpack(archive, name, folder / "out")
    assert (folder / "out").read_bytes() == CONTENT
    assert set(tmp_path.rglob("*")) - before == {folder / "out"}
    assert not Path("/tmp/outside.txt").exists()


def test_a_link_in_an_archive_is_not_followed(folder: Path) -> None:
    (folder / "secret").write_bytes(b"secret")
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "links.zip", "w") as archive:
        archive.writestr(link, str(folder / "secret"))
    with tarfile.open(folder / "links.tar", "w") as tar:
        for name, kind in (("symbolic", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("device", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(folder / "secret")
            tar.addfile(info)
    for packed, member in (("zip", "link"), ("tar", "symbolic"), ("tar", "hard"), ("tar", "device")):
        with pytest.raises(BrokenFileError, match=f"an archive without the file '{member}'"):
            unpack(folder / f"links.{packed}", member, folder / "out")


@pytest.mark.parametrize("member", ["absent.txt", "folder/", "folder", "corpus.txt/", "CORPUS.TXT"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_absent_member(folder: Path, member: str, pack: Callable[[Path, dict[str, bytes]], Path]) -> None:
    archive = pack(folder / "archive", {"corpus.txt": CONTENT, "folder/": b""})
    with pytest.raises(BrokenFileError, match="an archive without the file"):
        unpack(archive, member, folder / "out")


def test_broken_files(folder: Path) -> None:
    packed = gzip.compress(CONTENT)
    archive = zipped(folder / "whole.zip", {"a": CONTENT}).read_bytes()
    broken = {
        "cut.gz": (packed[:-20], None),
        "changed.gz": (packed[:30] + b"\0\0\0\0" + packed[34:], None),
        "trailing.gz": (packed + b"more", None),
        "cut.zip": (archive[:-30], "a"),
        "changed.zip": (archive[:40] + b"\0\0\0\0" + archive[44:], "a"),
        "cut.tar.gz": (tarred(folder / "whole.tar.gz", {"a": CONTENT}).read_bytes()[:-30], "a"),
        "text.zip": (CONTENT, "a"),
        "empty.zip": (b"", "a"),
    }
    for name, (content, member) in broken.items():
        (folder / name).write_bytes(content)
        with pytest.raises(BrokenFileError, match="a broken or incomplete compressed file"):
            unpack(folder / name, member, folder / "out")


def test_a_bomb_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "ALWAYS_ALLOWED", 2**20)
    zeros = bytes(8 * 2**20)
    (folder / "bomb.gz").write_bytes(gzip.compress(zeros))
    packed: list[tuple[Path, str | None]] = [(folder / "bomb.gz", None)]
    packed += [(zipped(folder / "bomb.zip", {"a": zeros}), "a"), (tarred(folder / "bomb.tar.gz", {"a": zeros}), "a")]
    for path, member in packed:
        with pytest.raises(BrokenFileError, match="a file that expands to more than"):
            unpack(path, member, folder / "out")
        assert (folder / "out").stat().st_size < len(zeros)
