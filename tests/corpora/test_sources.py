import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest
from web_server import Web

from glre.corpora.sources import Folders, obtain
from glre.errors import InputError
from glre.settings import Address, SourceFile

CONTENT = b"1|t|Zelatrazine.\n1|a|Palsy.\n" * 500
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.delenv("GLRE_MIRROR", raising=False)
    return Folders(raw=tmp_path / "raw", partial=tmp_path / "partial", mirror="corpus")


def public(*addresses: str, member: str | None = None) -> SourceFile:
    return SourceFile(sha256=CHECKSUM, addresses=tuple(Address(url=url, member=member) for url in addresses))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_address_that_serves(web: Web, folders: Folders) -> None:
    web.files = {"/broken.gz": b"\x1f\x8bbroken", "/other.gz": gzip.compress(b"other"), "/a.gz": gzip.compress(CONTENT)}
    addresses = [f"{web.address}/{name}" for name in ("absent", "broken.gz", "other.gz", "a.gz", "never")]
    assert obtain("a.txt", public(*addresses), folders) == addresses[3]
    assert files(folders.raw) == {"a.txt": CONTENT}
    assert files(folders.partial) == {}
    assert [path for path, _ in web.requests] == ["/absent", "/broken.gz", "/other.gz", "/a.gz"]


def test_an_archive_over_the_web(web: Web, folders: Folders, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../../evil.txt", CONTENT)
    web.files["/a.zip"] = (tmp_path / "a.zip").read_bytes()
    obtain("a.txt", public(f"{web.address}/a.zip", member="../../evil.txt"), folders)
    assert files(tmp_path).keys() == {"a.zip", "raw/a.txt"}


def test_what_is_there_and_right_is_not_fetched(web: Web, folders: Folders) -> None:
    folders.raw.mkdir()
    (folders.raw / "a.txt").write_bytes(CONTENT)
    assert obtain("a.txt", public(f"{web.address}/a"), folders) == "already there"
    assert web.requests == []


def test_what_is_there_and_wrong_is_replaced_only_by_what_is_right(web: Web, folders: Folders) -> None:
    folders.raw.mkdir()
    (folders.raw / "a.txt").write_bytes(b"old")
    with pytest.raises(InputError):
        obtain("a.txt", public(f"{web.address}/a"), folders)
    assert files(folders.raw) == {"a.txt": b"old"}
    web.files["/a"] = CONTENT
    obtain("a.txt", public(f"{web.address}/a"), folders)
    assert files(folders.raw) == {"a.txt": CONTENT}


def test_an_interrupted_transfer_is_kept_apart_and_gone_on_with(web: Web, folders: Folders) -> None:
    web.files["/a"] = CONTENT
    web.cut_after = [3000, 1000, 1000, 1000]
    with pytest.raises(InputError, match="a broken connection"):
        obtain("a.txt", public(f"{web.address}/a"), folders)
    assert not folders.raw.exists()
    assert list(files(folders.partial).values()) == [CONTENT[:6000]]
    obtain("a.txt", public(f"{web.address}/a"), folders)
    assert web.requests[-1] == ("/a", "bytes=6000-")
    assert files(folders.raw) == {"a.txt": CONTENT}
    assert files(folders.partial) == {}


def test_the_beginning_of_another_version_is_thrown_away(web: Web, folders: Folders) -> None:
    web.files["/a"] = b"another version " + CONTENT
    web.cut_after = [3000, 0, 0, 0]
    with pytest.raises(InputError):
        obtain("a.txt", public(f"{web.address}/a"), folders)
    web.files["/a"] = CONTENT
    obtain("a.txt", public(f"{web.address}/a"), folders)
    assert [asked for _, asked in web.requests[-2:]] == ["bytes=3000-", None]
    assert files(folders.raw) == {"a.txt": CONTENT}


def test_a_wrong_checksum_leaves_nothing(web: Web, folders: Folders, tmp_path: Path) -> None:
    web.files["/a"] = b"other"
    with pytest.raises(InputError) as error:
        obtain("a.txt", public(f"{web.address}/a"), folders)
    found = hashlib.sha256(b"other").hexdigest()
    assert f"{web.address}/a: sha256 {found} instead of {CHECKSUM}" in error.value.found
    assert "GLRE_MIRROR" in error.value.expected
    assert "\n" not in str(error.value)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("packed", [False, True])
def test_a_mirror_folder_replaces_the_addresses(
    web: Web, folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    place = tmp_path / "mirror" / "corpus" / ("a.txt.gz" if packed else "a.txt")
    place.parent.mkdir(parents=True)
    place.write_bytes(gzip.compress(CONTENT) if packed else CONTENT)
    monkeypatch.setenv("GLRE_MIRROR", f"{tmp_path}/mirror/")
    assert obtain("a.txt", public(f"{web.address}/a"), folders) == str(place)
    assert files(folders.raw) == {"a.txt": CONTENT}
    assert place.exists()
    assert web.requests == []


def test_a_mirror_on_the_web(web: Web, folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    web.files["/mirror/corpus/a.txt.gz"] = gzip.compress(CONTENT)
    monkeypatch.setenv("GLRE_MIRROR", f"{web.address}/mirror")
    obtain("a.txt", public("http://never.invalid/a", member="an archive's member"), folders)
    assert [path for path, _ in web.requests] == ["/mirror/corpus/a.txt", "/mirror/corpus/a.txt.gz"]
    assert files(folders.raw) == {"a.txt": CONTENT}


def test_a_mirror_without_the_file(folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLRE_MIRROR", str(tmp_path / "mirror"))
    with pytest.raises(InputError) as error:
        obtain("a.txt", public("http://never.invalid/a"), folders)
    assert f"{tmp_path}/mirror/corpus/a.txt: no such file" in error.value.found
    assert "corpus/a.txt.gz" in error.value.expected


def test_a_file_of_the_repository_ignores_the_mirror(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLRE_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "own.txt").write_bytes(CONTENT)
    obtain("a.txt", SourceFile(sha256=CHECKSUM, path=tmp_path / "own.txt"), folders)
    assert files(folders.raw) == {"a.txt": CONTENT}
    (tmp_path / "own.txt").write_bytes(b"changed")
    with pytest.raises(InputError, match="instead of"):
        obtain("b.txt", SourceFile(sha256=CHECKSUM, path=tmp_path / "own.txt"), folders)
    with pytest.raises(InputError, match="no such file"):
        obtain("b.txt", SourceFile(sha256=CHECKSUM, path=tmp_path / "absent.txt"), folders)
    assert files(folders.raw) == {"a.txt": CONTENT}
