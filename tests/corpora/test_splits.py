from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from glre.corpora.splits import Splits, split_documents
from glre.documents.document import Document
from glre.errors import InputError
from glre.settings import Dataset

FILES = {
    "a.txt": [Document(str(n), "", None, (), ()) for n in range(5)],
    "b.txt": [Document(str(n), "", None, (), ()) for n in range(5, 8)],
    "again.txt": [Document("6", "", None, (), ())],
    "some_again.txt": [Document(id, "", None, (), ()) for id in ("5", "8", "0")],
}


def split(splits: dict[str, list[dict[str, Any]]]) -> Splits:
    files = {name: {"sha256": "0" * 64, "path": name} for name in FILES}
    recipe = {
        "description": "",
        "format": "pubtator",
        "files": files,
        "splits": splits,
        "relations": [],
        "candidates": [],
    }
    return split_documents(Dataset.model_validate(recipe), FILES, Path("raw"))


def ids(splits: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {name: [document.id for document in own] for name, own in split(splits).documents.items()}


def test_parts_follow_one_another() -> None:
    assert ids(
        {"train": [{"file": "b.txt"}, {"file": "a.txt", "stop": 2}], "dev": [{"file": "a.txt", "start": 2}]}
    ) == {
        "train": ["5", "6", "7", "0", "1"],
        "dev": ["2", "3", "4"],
    }


def test_a_document_of_two_files_stays_in_the_later_split() -> None:
    recipe = {
        "train": [{"file": "a.txt"}, {"file": "some_again.txt"}],
        "dev": [{"file": "b.txt"}],
        "test": [{"file": "again.txt"}],
    }
    assert ids(recipe) == {"train": ["0", "1", "2", "3", "4", "8"], "dev": ["5", "7"], "test": ["6"]}
    assert split(recipe).in_another_file == {"b.txt": 1, "some_again.txt": 2}


def test_a_document_that_only_another_files_part_left_out_has_is_kept() -> None:
    recipe = {"train": [{"file": "a.txt", "start": 1}, {"file": "some_again.txt"}]}
    assert ids(recipe) == {"train": ["1", "2", "3", "4", "5", "8", "0"]}
    assert split(recipe).in_another_file == {}


def test_a_split_of_no_parts_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"splits\.test\s+Tuple should have at least 1 item"):
        ids({"train": [{"file": "a.txt"}], "test": []})


@pytest.mark.parametrize(
    ("splits", "place", "found"),
    [
        (
            {"train": [{"file": "a.txt", "stop": 3}], "dev": [{"file": "a.txt", "start": 2}]},
            "raw/a.txt, document '2'",
            "a document of split dev that is in split train already",
        ),
        (
            {"train": [{"file": "a.txt"}, {"file": "a.txt", "start": 4}]},
            "raw/a.txt, document '4'",
            "a document of split train that is in split train already",
        ),
        (
            {"train": [{"file": "again.txt"}], "dev": [{"file": "b.txt"}]},
            "raw, split train",
            "only documents that other files have too",
        ),
        ({"train": [{"file": "a.txt", "stop": 6}]}, "raw/a.txt", "documents 0 to 6 asked for"),
        ({"train": [{"file": "a.txt", "start": 5}]}, "raw/a.txt", "documents 5 to 5 asked for"),
        ({"train": [{"file": "a.txt", "start": 3, "stop": 2}]}, "raw/a.txt", "documents 3 to 2 asked for"),
    ],
)
def test_refuses(splits: dict[str, list[dict[str, Any]]], place: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        ids(splits)
    assert (error.value.place, error.value.found) == (place, found)
