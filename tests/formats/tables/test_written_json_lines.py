"""JSON Lines, as anybody's JSON reader finds them."""

import json
from dataclasses import asdict
from pathlib import Path

from answered_documents import answer, with_text, without_pair, without_text

from glre.formats.outputs.output_format import OutputFormat
from glre.formats.writer import open_writer


def test_a_line_per_document_nested_as_the_types(tmp_path: Path) -> None:
    made = [with_text(), without_pair(), without_text()]
    answers = [answer(made[0]), answer(made[1]), answer(made[2], weighed=False)]
    path = tmp_path / "relations.jsonl"
    with open_writer(path, OutputFormat.JSONL) as writer:
        for document, found in zip(made, answers, strict=True):
            writer.write(document, found)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert "Ombra Šalta" in lines[2]
    read = [json.loads(line) for line in lines]
    assert [list(own) for own in read] == [["document_id", "title", "pairs", "relations"]] * 3
    assert [own["title"] for own in read] == [document.title for document in made]
    assert [(own["document_id"], own["pairs"]) for own in read] == [("41", 2), ("42", 0), ("Kirro (2)", 2)]
    relations = [[json.loads(json.dumps(asdict(relation))) for relation in own.relations] for own in answers]
    assert [own["relations"] for own in read] == relations
    assert read[1]["relations"] == []
    assert read[2]["relations"][0]["head"]["mentions"][0]["weight"] is None
