"""Every kind of bad input, met as a user meets it: by `glre predict`, with a trained model."""

import gzip
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from bad_inputs import BAD_INPUTS, GOOD_INPUTS, SET_ASIDE, BadInput, GoodInput
from export_texts import EXPORTS, PUBTATOR
from predicting import Ended, Predict, told

from glre.counted import counted

GOOD = "7|t|Velorin and rash\n7|a|It came.\n7\t0\t7\tVelorin\tChemical\tD1\n7\t12\t16\trash\tDisease\tD2\n"
BAD = GOOD.replace("7", "8").replace("Velorin\tChemical", "velarin\tChemical")
LARGE = f"9|t|Much.\n9|a|{'palsy ' * 100_000}\n"
_NAMES = "".join(f"N{number:03} " for number in range(500))
MANY = f"9|t|\n9|a|{_NAMES}\n" + "".join(
    f"9\t{1 + 5 * n}\t{5 + 5 * n}\tN{n:03}\t{'Chemical' if n % 2 else 'Disease'}\tX{n}\n" for n in range(500)
)
OF_THE_COMMAND = {
    "no such file": "no such file or folder",
    "a folder where a file is needed": "no file in the folder",
    "a folder, PubTator asked for": "no file in the folder",
    "a name with a null character": "a\\x00b'",
}
"""What the command says of a name before a reader is given it."""
AMONG_OTHERS = [bad for bad in SET_ASIDE if bad.documents]
ALONE = [bad for bad in BAD_INPUTS if bad not in AMONG_OTHERS]
OF_EACH_FORMAT = [
    next(bad for bad in BAD_INPUTS if bad.name == name)
    for name in (
        "zip archive",
        "truncated BioC XML",
        "offsets one too low",
        "truncated JSON Lines",
        "DocRED with a span outside",
        "our own without an id",
        "BioC offsets one too low",
        "a Parquet row of nothing",
    )
]
SCRIPT = "from glre.cli import main; main()"


def as_asked(bad: BadInput) -> list[str]:
    return [] if bad.format is None else ["--from", bad.format]


def words(bad: BadInput) -> str:
    return OF_THE_COMMAND.get(bad.name, bad.words)


def check_refused(ended: Ended, found: str) -> None:
    """One line that says where, what was found and what was expected; nothing is written."""
    assert (ended.code, ended.output) == (2, "")
    (line,) = ended.lines
    assert line.startswith("error: ")
    assert found in line
    assert ": found " in line
    assert "; expected " in line
    assert len(line) < 1000
    assert line.isprintable()
    assert list(Path().iterdir()) == []


def ids(path: Path) -> list[str]:
    return [json.loads(line)["document_id"] for line in path.read_text().splitlines()]


def reasons() -> list[str]:
    """Place and reason of what was left out, as lines on standard error have them."""
    read = [json.loads(line) for line in Path("out/r.jsonl.set_aside.jsonl").read_text().splitlines()]
    return [f"{one['place']}: {one['reason']}" for one in read]


@pytest.mark.parametrize("bad", ALONE, ids=lambda bad: bad.name)
def test_what_cannot_be_used_is_one_line(bad: BadInput, predict: Predict, tmp_path: Path) -> None:
    path = bad.make(tmp_path)
    ended = predict(path, "-o", "out/r.jsonl", *as_asked(bad))
    if bad.name == "DocRED as our own JSON":
        assert [line.partition(": ")[0] for line in ended.lines] == ["set aside", "set aside", "error"]
        ended = Ended(ended.code, ended.output, ended.lines[2:], {})
    check_refused(ended, words(bad))
    assert repr(str(path))[1:-1] in ended.lines[0]


@pytest.mark.parametrize("bad", AMONG_OTHERS, ids=lambda bad: bad.name)
def test_one_bad_document_is_set_aside_and_the_others_are_done(bad: BadInput, predict: Predict, tmp_path: Path) -> None:
    path = bad.make(tmp_path)
    ended = predict(path, "-o", "out/r.jsonl", *as_asked(bad))
    assert ended.code == 0
    aside, summary = ended.lines
    assert aside.startswith(f"set aside: {path}")
    assert bad.words in aside
    assert summary.startswith(f"{counted(bad.documents, 'document')}, ")
    assert ", 1 set aside (see out/r.jsonl.set_aside.jsonl); threshold " in summary
    assert len(set(ids(Path("out/r.jsonl")))) == bad.documents
    assert [f"set aside: {reason}" for reason in reasons()] == [aside]
    assert {path.name for path in Path("out").iterdir()} == {"r.jsonl", "r.jsonl.set_aside.jsonl"}


@pytest.mark.parametrize("bad", OF_EACH_FORMAT, ids=lambda bad: bad.name)
def test_a_strict_run_ends_with_the_first_one(bad: BadInput, predict: Predict, tmp_path: Path) -> None:
    path = bad.make(tmp_path)
    (tmp_path / "before.txt").write_text(GOOD)
    ended = predict(tmp_path / "before.txt", path, "-o", "out/r.jsonl", "--strict")
    check_refused(ended, bad.words)
    assert ended.lines[0].startswith(f"error: {path}")


@pytest.mark.parametrize("good", GOOD_INPUTS, ids=lambda good: good.name)
def test_what_only_looks_bad_is_predicted(good: GoodInput, predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(good.content)
    ended = predict(tmp_path / "input", "-o", "out/r.jsonl")
    if good.name == "100,000 words":
        check_refused(ended, "document '1': found 100,002 words; expected at most 50,000")
        return
    assert ended.code == 0
    summary, *without_pairs = ended.lines
    assert summary.startswith(f"{counted(good.documents, 'document')}, ")
    assert len(ids(Path("out/r.jsonl"))) == good.documents
    assert [path.name for path in Path("out").iterdir()] == ["r.jsonl"]
    if good.name in {"one entity only", "no entity", "no candidate pair", "500 entities"}:
        assert summary.startswith("1 document, 0 pairs, 0 relations; ")
        assert without_pairs[0].startswith("no document has a pair: the model relates Chemical with Disease; entities")
    else:
        assert without_pairs == []


def test_all_of_them_beside_a_good_file(predict: Predict, tmp_path: Path) -> None:
    places = {}
    for number, bad in enumerate(BAD_INPUTS):
        (folder := tmp_path / f"in/{number:03}").mkdir(parents=True)
        path = bad.make(folder)
        if os.path.lexists(path) and bad.format is None and not path.is_dir():
            places[str(path)] = bad
    assert len(places) >= len(BAD_INPUTS) - 12
    (tmp_path / "in/good.txt").write_text(GOOD)
    (tmp_path / "in/many.txt").write_text(MANY)
    ended = predict(tmp_path / "in", "-o", "out/r.jsonl")
    assert ended.code == 0
    # What can be read of them are the same two documents each time, told apart by their ids.
    read = ids(Path("out/r.jsonl"))
    assert {id.partition(" (")[0] for id in read} == {"1", "2", "7"}
    assert len(set(read)) == len(read) == ended.passed_over["documents with the id of one of another input"] + 3
    written = reasons()
    for path, bad in places.items():
        (reason,) = [one for one in written if one.startswith(path) and bad.words in one]
        assert ": found " in reason
    assert "/many.txt, document '9': found 62,500 candidate pairs of 500" in "\n".join(written)
    assert len(ended.lines) == 12
    assert ended.lines[10] == "set aside: more"
    assert f"{len(written)} set aside (see out/r.jsonl.set_aside.jsonl)" in ended.lines[11]


def _named(name: str, content: bytes | str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def _link(folder: Path) -> Path:
    (folder / "link").symlink_to("nowhere")
    return folder / "link"


def _folder(*made: Callable[[Path], Path]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "in").mkdir()
        for one in made:
            one(folder / "in")
        return folder / "in"

    return make


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _socket(folder: Path) -> Path:
    path = folder / "socket"
    with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as listening:
        # The name of a socket may have only some hundred characters.
        patch.chdir(folder)
        listening.bind("socket")
    return path


def _zip_in_zip() -> bytes:
    content = b"PK"
    for _ in range(2):
        with zipfile.ZipFile(target := io.BytesIO(), "w") as archive:
            archive.writestr("inner", content)
        content = target.getvalue()
    return content


def _packed_tar() -> bytes:
    with tarfile.open(fileobj=(target := io.BytesIO()), mode="w:bz2") as archive:
        archive.addfile(tarfile.TarInfo("empty.txt"))
    return target.getvalue()


_PROSE = "Palsy came.\n"
_OTHERS = [
    BadInput("a device that holds nothing", lambda _: Path("/dev/null"), "an empty file"),
    BadInput("an endless device", lambda _: Path("/dev/zero"), "binary data"),
    BadInput("a socket", _socket, "No such device or address"),
    BadInput("a broken link", _link, "no such file or folder"),
    BadInput("a pattern that nothing fits", lambda folder: folder / "*.txt", "nothing that fits the pattern"),
    BadInput("a pattern that a pipe fits", lambda folder: _pipe(folder).with_name("p*"), "no file among what fits"),
    BadInput("a folder with a broken link", _folder(_link), "/in/link: found No such file"),
    BadInput("a folder with a hidden file", _folder(_named(".hidden", GOOD)), "no file in the folder"),
    BadInput("a folder with a pipe that nobody writes to", _folder(_pipe), "no file in the folder"),
    BadInput("a folder of one file that is none", _folder(_named("a.pdf", b"%PDF-1.7\n\0")), "binary data"),
    BadInput("a folder of an empty folder", _folder(_folder()), "no file in the folder"),
    BadInput("prose called .gz", _named("a.gz", _PROSE), "'Palsy came.\\n'; expected PubTator"),
    BadInput("prose called .parquet", _named("a.parquet", _PROSE), "'Palsy came.\\n'; expected PubTator"),
    BadInput("a picture called .pubtator", _named("a.pubtator", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "binary data"),
    BadInput("a zip archive called .txt", _named("a.txt", _zip_in_zip()), "a zip archive"),
    BadInput("a tar archive packed by bzip2", _named("a.tar.bz2", _packed_tar()), "compressed by bzip2"),
    BadInput("nothing packed by gzip", _named("a.gz", gzip.compress(b"")), "an empty file"),
    BadInput("an empty text alone", _named("a.txt", "9|t|\n9|a|\n"), "neither title nor abstract"),
    BadInput("too many words", _named("a.txt", LARGE), "/a.txt, document '9': found 100,002 words; expected at most"),
    BadInput("too many pairs", _named("a.txt", MANY), "/a.txt, document '9': found 62,500 candidate pairs of 500"),
]
"""Kinds of which no reader knows."""


@pytest.mark.parametrize("bad", _OTHERS, ids=lambda bad: bad.name)
def test_what_is_no_file_of_documents_is_one_line(bad: BadInput, predict: Predict, tmp_path: Path) -> None:
    check_refused(predict(bad.make(tmp_path), "-o", "out/r.jsonl"), bad.words)


@pytest.mark.parametrize(("content", "name"), [(PUBTATOR.encode(), "a.json"), (EXPORTS["json"], "a.parquet.gz")])
def test_a_file_is_what_it_holds_and_not_what_it_is_called(
    content: bytes, name: str, predict: Predict, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert predict(tmp_path / name, "-o", "out/r.jsonl").lines[0].startswith("2 documents, 4 pairs, ")


@pytest.mark.parametrize(("content", "found"), [(b"", "an empty file"), (b"\0\1\2", "binary data")])
def test_standard_input_that_holds_no_document(
    content: bytes, found: str, predict: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    check_refused(predict("-", "-o", "out/r.jsonl"), f"error: standard input: found {found}; expected PubTator")


def test_a_pipe_is_read(predict: Predict, tmp_path: Path) -> None:
    pipe = _pipe(tmp_path)
    writer = threading.Thread(target=pipe.write_text, args=(GOOD,))
    writer.start()
    ended = predict(pipe, "-o", "out/r.jsonl")
    writer.join()
    assert ended.lines[0].startswith("1 document, 1 pair, ")


def test_several_documents_none_of_which_can_be_used(predict: Predict, tmp_path: Path) -> None:
    others = "\n".join(BAD.replace("8", str(number)) for number in range(20, 31))
    (tmp_path / "a.txt").write_text(f"{BAD}\n{others}")
    ended = predict(tmp_path / "a.txt", "-o", "out/r.jsonl")
    *aside, more, error = ended.lines
    assert len(aside) == len(set(aside)) == 10
    assert more == "set aside: more"
    check_refused(Ended(ended.code, ended.output, [error], {}), "(and 11 others, none of which can be used)")
    folder = _folder(_named("a", _PROSE), _named("b", b"\0"))(tmp_path)
    ended = predict(folder, "-o", "out/r.jsonl")
    check_refused(Ended(ended.code, ended.output, ended.lines[2:], {}), "/in/a: found 'Palsy came.")


@dataclass(frozen=True, slots=True)
class BadOutput:
    """Beside a file `there` and the input `good.txt`, the output `given` is refused with `words`."""

    name: str
    given: str
    words: str


_OUTPUTS = [
    BadOutput("an ending that tells no format", "r.docx", "a file name that tells no format"),
    BadOutput("a packed file", "r.jsonl.gz", "a file name that tells no format"),
    BadOutput("no ending", "r", "a file name that tells no format"),
    BadOutput("an empty name", "", "--output: found an empty name"),
    BadOutput("below a file", "there/r.csv", "there/r.csv: found Not a directory"),
    BadOutput("far below a file", "there/new/r.csv", "there/new/r.csv: found Not a directory"),
    BadOutput("too long a name", f"{'x' * 300}.csv", "x.csv: found File name too long"),
    BadOutput("a name too long for what stands beside it", f"{'x' * 245}.csv", "found File name too long"),
    BadOutput("a device", "/dev/full", "/dev/full: found a device or pipe"),
    BadOutput("a pipe", "pipe", "pipe: found a device or pipe"),
    BadOutput("the input", "good.txt", "good.txt: found an input where output goes"),
    BadOutput("the input by another way", "new/../good.txt", "good.txt: found an input where output goes"),
]


@pytest.mark.parametrize("bad", _OUTPUTS, ids=lambda bad: bad.name)
def test_a_place_where_nothing_can_be_written(bad: BadOutput, predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "there").write_text("mine")
    _pipe(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    to = ["--to", "csv"] if bad.name in {"a device", "a pipe", "the input", "the input by another way"} else []
    output = f"{tmp_path}/{bad.given}" if bad.given and not bad.given.startswith("/") else bad.given
    check_refused(predict(tmp_path / "good.txt", "-o", output, *to), bad.words)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "good.txt").read_text() == GOOD
    assert (tmp_path / "there").read_text() == "mine"


def test_a_folder_that_is_not_there_is_made_for_an_output(predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    assert predict(tmp_path / "good.txt", "-o", "new/er/r.jsonl").code == 0
    assert ids(Path("new/er/r.jsonl")) == ["7"]


def test_a_folder_where_reasons_go(predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "r.csv.set_aside.jsonl").mkdir()
    check_refused(predict(tmp_path / "good.txt", "-o", tmp_path / "r.csv"), "r.csv.set_aside.jsonl: found a folder")
    assert not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize("way", ["<&-", ">/dev/full", ">&-"])
def test_standard_input_and_output_as_a_shell_gives_them(way: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    given = "-" if "<" in way else "good.txt"
    command = f"exec {sys.executable} -c '{SCRIPT}' predict {model} {given} --to jsonl {way}"
    ended = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = told(ended.stderr)
    assert line.startswith(
        {
            "<&-": "error: standard input: found none, for it is closed; expected documents",
            ">/dev/full": "error: standard output: found No space left on device; expected ",
            ">&-": "error: standard output: found none, for it is closed; expected ",
        }[way]
    )
    assert [path.name for path in tmp_path.iterdir()] == ["good.txt"]


SEVERAL = """
import json, sys
from glre.cli import main
for command in json.loads(sys.argv[1]):
    sys.argv = command
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    print(f"ended: {code}", file=sys.stderr, flush=True)
"""


def test_without_permission(model: Path, tmp_path: Path) -> None:
    for name in ("closed", "unlisted", "listed", "shut", "kept", "mixed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "good.txt").write_text(GOOD)
    (tmp_path / "mixed/secret.txt").write_text(GOOD)
    cases = {
        ("closed/good.txt", "r.csv"): "closed/good.txt: found Permission denied; expected a file that can be read",
        ("closed", "r.csv"): "closed: found Permission denied; expected a folder that can be read",
        ("unlisted", "r.csv"): "unlisted: found Permission denied; expected a folder that can be read",
        ("listed", "r.csv"): "listed/good.txt: found Permission denied; expected a file that can be read",
        ("list*/*", "r.csv"): "listed/good.txt: found Permission denied; expected a file that can be read",
        ("shut/good.txt", "r.csv"): "shut/good.txt: found Permission denied; expected a file that can be read",
        ("kept/good.txt", "kept/r.csv"): "kept/r.csv: found Permission denied; expected a place to write a file",
        ("kept/good.txt", "kept/new/r.csv"): "kept/new/r.csv: found Permission denied; expected a place to write",
        ("kept/good.txt", "closed/r.csv"): "closed/r.csv: found Permission denied; expected a place to write a file",
        ("mixed", "mixed.jsonl"): "set aside: mixed/secret.txt: found Permission denied; expected a file that can be",
    }
    for name, mode in (("closed", 0o000), ("unlisted", 0o300), ("listed", 0o600), ("kept", 0o500)):
        (tmp_path / name).chmod(mode)
    for name in ("shut/good.txt", "mixed/secret.txt"):
        (tmp_path / name).chmod(0o000)
    commands = [["glre", "predict", str(model), given, "-o", output] for given, output in cases]
    command = [*as_one_who_needs_permission(), sys.executable, "-c", SEVERAL, json.dumps(commands)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    for name in ("closed", "unlisted", "listed", "kept"):
        (tmp_path / name).chmod(0o700)
    assert (ended.returncode, ended.stdout) == (0, "")
    *refused, mixed = [told(part) for part in ended.stderr.split("ended: ")[: len(cases)]]
    for lines, words in zip(refused, cases.values(), strict=False):
        assert lines[-1].startswith(f"error: {words}")
    codes = [line for line in ended.stderr.splitlines() if line.startswith("ended: ")]
    assert codes == ["ended: 2"] * (len(cases) - 1) + ["ended: 0"]
    assert mixed[-2].startswith(cases["mixed", "mixed.jsonl"])
    assert ids(tmp_path / "mixed.jsonl") == ["7"]
    written = {path.name for path in tmp_path.rglob("*") if path.is_file()} - {"good.txt", "secret.txt"}
    assert written == {"mixed.jsonl", "mixed.jsonl.set_aside.jsonl"}


def as_one_who_needs_permission() -> list[str]:
    """What a command begins with: root may read and write all, but not without these two capabilities."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and no setpriv (util-linux) to take its rights away")
    return [setpriv, "--bounding-set", "-dac_override,-dac_read_search"]
