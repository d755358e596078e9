from pathlib import Path
from typing import Any

import pytest

from glre.corpora.splits import split_documents
from glre.documents import Document
from glre.errors import InputError
from glre.settings import Dataset

FILES = {
    "a.txt": [Document(str(n), "", None, (), ()) for n in range(5)],
    "b.txt": [Document(str(n), "", None, (), ()) for n in range(5, 8)],
    "again.txt": [Document("6", "", None, (), ())],
}


def ids(splits: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    files = {name: {"sha256": "0" * 64, "path": name} for name in FILES}
    recipe = {
        "description": "",
        "format": "pubtator",
        "files": files,
        "splits": splits,
        "relations": [],
        "candidates": [],
    }
    documents = split_documents(Dataset.model_validate(recipe), FILES, Path("raw"))
    return {split: [document.id for document in own] for split, own in documents.items()}


def test_parts_follow_one_another() -> None:
    assert ids(
        {"train": [{"file": "b.txt"}, {"file": "a.txt", "stop": 2}], "dev": [{"file": "a.txt", "start": 2}]}
    ) == {
        "train": ["5", "6", "7", "0", "1"],
        "dev": ["2", "3", "4"],
    }


@pytest.mark.parametrize(
    ("splits", "place", "found"),
    [
        (
            {"train": [{"file": "a.txt", "stop": 3}], "dev": [{"file": "a.txt", "start": 2}]},
            "raw/a.txt, document '2'",
            "a document of split dev that is in split train already",
        ),
        (
            {"train": [{"file": "b.txt"}, {"file": "again.txt"}]},
            "raw/again.txt, document '6'",
            "a document of split train that is in split train already",
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
