"""The figures of the paper's Tables 1 to 5 (Wang et al., EMNLP 2020), per cent where they are no counts."""

from dataclasses import dataclass
from typing import Literal

Corpus = Literal["CDR", "DocRED"]
TrainedOn = Literal["train", "train+dev"]


@dataclass(frozen=True, slots=True)
class CorpusOfDataset:
    """The corpus of the paper that a dataset of params.yaml is, and which splits it is trained on."""

    corpus: Corpus
    training: TrainedOn


CORPORA = {
    "cdr": CorpusOfDataset("CDR", "train"),
    "cdr_train_dev": CorpusOfDataset("CDR", "train+dev"),
    "docred": CorpusOfDataset("DocRED", "train"),
    "docred_train_dev": CorpusOfDataset("DocRED", "train+dev"),
}
"""The datasets that are the paper's; the others stand in its tables for orientation."""


@dataclass(frozen=True, slots=True)
class SplitSize:
    """A row of Table 1."""

    corpus: Corpus
    split: str
    documents: int
    relations: int
    instances: int
    na_pairs: int


TABLE_1 = (
    SplitSize("CDR", "train", 500, 1, 1_038, 4_280),
    SplitSize("CDR", "dev", 500, 1, 1_012, 4_136),
    SplitSize("CDR", "test", 500, 1, 1_066, 4_270),
    SplitSize("DocRED", "train", 3_053, 96, 38_269, 1_163_035),
    SplitSize("DocRED", "dev", 1_000, 96, 12_332, 385_263),
    SplitSize("DocRED", "test", 1_000, 96, 12_842, 379_316),
)


@dataclass(frozen=True, slots=True)
class PaperScores:
    """Test figures of one model; None for what the paper does not give.

    `experiments` are those of ours, by name, that stand beside the row.
    """

    model: str
    encoder: str
    corpus: Corpus
    training: TrainedOn
    f1: float
    precision: float | None = None
    recall: float | None = None
    ign_f1: float | None = None
    experiments: tuple[str, ...] = ()


_BIOBERT = "BioBERT-Base, frozen, last layer"
_BERT = "BERT-Base, fine-tuned, last layer"
_GLRE = ("glre", "fine_tuned", "biobert")


def _cdr(
    model: str,
    figures: tuple[float, float, float],
    encoder: str = "",
    training: TrainedOn = "train",
    experiments: tuple[str, ...] = (),
) -> PaperScores:
    precision, recall, f1 = figures
    return PaperScores(model, encoder, "CDR", training, f1, precision, recall, experiments=experiments)


def _docred(
    model: str,
    figures: tuple[float, float],
    encoder: str = "",
    training: TrainedOn = "train",
    experiments: tuple[str, ...] = (),
) -> PaperScores:
    ign_f1, f1 = figures
    return PaperScores(model, encoder, "DocRED", training, f1, ign_f1=ign_f1, experiments=experiments)


TABLE_2 = (
    _cdr("Zhang et al. 2018, GCN on pruned dependency trees", (52.3, 72.0, 60.6)),
    _cdr("Zhou et al. 2016, features, tree kernels and LSTM", (64.9, 49.3, 56.0)),
    _cdr("Gu et al. 2017, CNN and maximum entropy", (55.7, 68.1, 61.3)),
    _cdr("Nguyen and Verspoor 2018, character-based CNN", (57.0, 68.6, 62.3)),
    _cdr("Panyam et al. 2018, graph kernels", (55.6, 68.4, 61.3)),
    _cdr("Verga et al. 2018, bi-affine Transformer (BRAN)", (55.6, 70.8, 62.1)),
    _cdr("Zheng et al. 2018, hierarchical BiLSTM", (45.2, 68.1, 54.3)),
    _cdr("Christopoulou et al. 2019, edge-oriented graph (EOG)", (62.7, 66.3, 64.5)),
    _cdr("Wang et al. 2019, two-step BERT, bilinear", (61.9, 68.7, 65.1)),
    _cdr("GLRE", (65.1, 72.2, 68.5), _BIOBERT, experiments=_GLRE),
    _cdr("Zhang et al. 2018, GCN on pruned dependency trees", (58.1, 74.6, 65.3), training="train+dev"),
    _cdr("Zhou et al. 2016, features, tree kernels and LSTM", (55.6, 68.4, 61.3), training="train+dev"),
    _cdr("Verga et al. 2018, bi-affine Transformer (BRAN)", (63.3, 67.1, 65.1), training="train+dev"),
    _cdr("Zheng et al. 2018, hierarchical BiLSTM", (56.2, 68.0, 61.5), training="train+dev"),
    _cdr("Christopoulou et al. 2019, edge-oriented graph (EOG)", (61.5, 73.6, 67.0), training="train+dev"),
    _cdr("Wang et al. 2019, two-step BERT, bilinear", (66.0, 68.3, 67.1), training="train+dev"),
    _cdr("GLRE", (70.5, 74.5, 72.5), _BIOBERT, "train+dev", _GLRE),
)

TABLE_3 = (
    _docred("Zhang et al. 2018", (49.9, 52.1)),
    _docred("Yao et al. 2019, CNN", (40.3, 42.3)),
    _docred("Yao et al. 2019, LSTM", (47.7, 50.1)),
    _docred("Yao et al. 2019, BiLSTM", (48.8, 51.1)),
    _docred("Yao et al. 2019, Context-aware", (48.4, 50.7)),
    _docred("Christopoulou et al. 2019", (49.1, 50.9)),
    _docred("Wang et al. 2019", (53.1, 55.4)),
    _docred("Tang et al. 2020, hierarchical inference network (HIN)", (53.7, 55.6)),
    _docred("GLRE", (55.4, 57.4), _BERT, experiments=_GLRE),
    _docred("Zhang et al. 2018", (52.5, 54.6), training="train+dev"),
    _docred("Christopoulou et al. 2019", (48.3, 50.4), training="train+dev"),
    _docred("Wang et al. 2019", (54.5, 56.5), training="train+dev"),
    _docred("GLRE", (56.7, 58.9), _BERT, "train+dev", _GLRE),
)

TABLE_4 = (
    _cdr("GLRE", (65.1, 72.2, 68.5), _BIOBERT, experiments=_GLRE),
    _cdr("without BERT", (69.6, 66.5, 68.0), "PubMed word vectors, BiLSTM", experiments=("without_bert",)),
    _cdr("without entity global representations", (67.0, 65.4, 66.2), _BIOBERT, experiments=("without_global",)),
    _cdr("without entity local representations", (60.9, 68.5, 64.5), _BIOBERT, experiments=("without_local",)),
    _cdr("without context relation representations", (60.5, 75.1, 67.1), _BIOBERT, experiments=("without_context",)),
    _docred("GLRE", (55.4, 57.4), _BERT, experiments=_GLRE),
    _docred("without BERT", (51.6, 53.6), "GloVe word vectors, BiLSTM", experiments=("without_bert",)),
    _docred("without entity global representations", (54.7, 56.6), _BERT, experiments=("without_global",)),
    _docred("without entity local representations", (54.6, 56.4), _BERT, experiments=("without_local",)),
    _docred("without context relation representations", (54.6, 56.8), _BERT, experiments=("without_context",)),
)

TABLE_5 = (
    _cdr("GLRE with BERT-Base", (65.1, 72.2, 68.5), _BIOBERT, experiments=_GLRE),
    _cdr("GLRE with BERT-Large", (65.3, 72.3, 68.6), "BERT-Large", experiments=("bert_large",)),
    _cdr("GLRE with XLNet-Large", (66.1, 70.5, 68.2), "XLNet-Large", experiments=("xlnet_large",)),
    _cdr("GLRE with ALBERT-xxLarge", (57.5, 80.6, 67.1), "ALBERT-xxLarge", experiments=("albert_xxlarge",)),
    _docred("GLRE with BERT-Base", (55.4, 57.4), _BERT, experiments=_GLRE),
    _docred("GLRE with BERT-Large", (56.8, 58.9), "BERT-Large", experiments=("bert_large",)),
    _docred("GLRE with XLNet-Large", (56.8, 59.0), "XLNet-Large", experiments=("xlnet_large",)),
    _docred("GLRE with XLNet-Large", (58.5, 60.5), "XLNet-Large", "train+dev", ("xlnet_large",)),
    _docred("GLRE with ALBERT-xxLarge", (56.3, 58.3), "ALBERT-xxLarge", experiments=("albert_xxlarge",)),
)
