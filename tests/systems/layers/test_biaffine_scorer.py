import pytest
import torch

from glre.systems.layers import biaffine_scorer
from glre.systems.layers.biaffine_scorer import BiaffineScorer

RELATIONS = 2


@torch.no_grad()
def test_a_document_of_many_words_is_scored_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    entity = torch.tensor([0, 0, 1, 2, 2, 2])
    heads, tails = torch.randn(6, 4), torch.randn(6, 4)
    model = BiaffineScorer(4, RELATIONS)
    whole = model(heads, tails, entity, 3)
    monkeypatch.setattr(biaffine_scorer, "_CELLS", 2 * RELATIONS * len(tails))
    torch.testing.assert_close(model(heads, tails, entity, 3), whole)
