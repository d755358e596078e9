"""The hypernym filter over the MeSH tree (Gu et al. 2016, as in Christopoulou et al. 2019)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from glre.counted import counted
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, ExcludedPair
from glre.errors import InputError
from glre.settings import CandidateRule

REASON = "hypernym"
_TREE_NUMBER = re.compile(r"[A-Z]\d\d(\.\d{3})*")


@dataclass(frozen=True, slots=True)
class MeshTree:
    """Where each descriptor stands in the tree, and which descriptor stands at each place."""

    numbers: dict[str, list[str]]
    descriptors: dict[str, str]

    def ancestors(self, descriptor: str) -> set[str]:
        """Every descriptor above `descriptor`: one of its tree numbers is a proper prefix of one of the latter's."""
        return {
            self.descriptors[above]
            for number in self.numbers.get(descriptor, ())
            for above in _prefixes(number)
            if above in self.descriptors
        }


def read_mesh_tree(path: Path) -> MeshTree:
    """Read rows of tree number, descriptor id and term (tab-separated) under one header line; InputError otherwise."""
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        found = error.strerror or "an unreadable file"
        raise InputError(str(path), found, "a MeSH tree file, as `glre download` leaves it") from None
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {number}", f"the byte 0x{content[error.start]:02x}", "UTF-8 text") from None
    if _TREE_NUMBER.match(lines[0]) or lines[0].count("\t") != 2:
        raise InputError(f"{path}, line 1", f"{lines[0][:40]!r}", "a header line of three columns")
    tree = MeshTree({}, {})
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        columns = line.removesuffix("\r").split("\t")
        if len(columns) != 3:
            raise InputError(
                f"{path}, line {number}", counted(len(columns), "column"), "tree number, descriptor id and term"
            )
        place, descriptor, _ = columns
        if not _TREE_NUMBER.fullmatch(place) or not descriptor:
            raise InputError(
                f"{path}, line {number}", f"{place!r} and {descriptor!r}", "a tree number such as C04.557 and an id"
            )
        if place in tree.descriptors:
            raise InputError(f"{path}, line {number}", f"the tree number {place} again", "each tree number once")
        tree.descriptors[place] = descriptor
        tree.numbers.setdefault(descriptor, []).append(place)
    if not tree.descriptors:
        raise InputError(str(path), "no rows", "a MeSH tree file")
    return tree


def leave_out_hypernyms(document: Document, rules: Iterable[CandidateRule], tree: MeshTree) -> Document:
    """Exclude each candidate pair (head, tail) without a fact where a fact of that head has a tail below this one."""
    above: dict[str, set[str]] = {}
    for fact in document.facts:
        above.setdefault(fact.head, set()).update(tree.ancestors(fact.tail))
    positive = {(fact.head, fact.tail) for fact in document.facts}
    excluded = []
    for pair in candidate_pairs(document, rules):
        head, tail = document.entities[pair.head].id, document.entities[pair.tail].id
        if (head, tail) not in positive and tail in above.get(head, ()):
            excluded.append(ExcludedPair(head, tail, REASON))
    return replace(document, excluded=(*document.excluded, *excluded))


def _prefixes(tree_number: str) -> Iterator[str]:
    while "." in tree_number:
        tree_number = tree_number.rpartition(".")[0]
        yield tree_number
