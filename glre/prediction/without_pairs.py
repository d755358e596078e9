"""Why a model had nothing to be asked about."""

from collections import Counter
from collections.abc import Iterable, Mapping

from glre.formats.mentions.placing import WITHOUT_ID
from glre.formats.passed_over import PassedOver
from glre.printable import printable
from glre.settings import CandidateRule

_SHOWN = 10


def without_pairs(rules: Iterable[CandidateRule], types: Mapping[str, int], passed_over: Iterable[PassedOver]) -> str:
    """One line: the types that the model relates, those of the entities found, and mentions that name no entity."""
    asked = ", ".join(f"{rule.head or 'any type'} with {rule.tail or 'any type'}" for rule in rules)
    shown = [f"{kind} ({number:,})" for kind, number in Counter(types).most_common(_SHOWN)]
    found = ", ".join([*shown, *["…"] * (len(types) > _SHOWN)]) or "none"
    nameless = [f"; {own.count:,} {own.kind}" for own in passed_over if own.kind.startswith(WITHOUT_ID)]
    said = f"no document has a pair: the model relates {asked}; entities found, by type: {found}{''.join(nameless)}"
    return printable(said)
