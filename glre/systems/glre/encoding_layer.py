"""The encoding layer (section 3.1): the encoder's words to h."""

from torch import Tensor, nn

from glre.systems.glre.settings import GLRESettings
from glre.systems.layers.bilstm import BiLSTM, Padding


class EncodingLayer(nn.Module):
    """`H = BERT(D)` (Eq. 1), read by a BiLSTM where the encoder is frozen, brought to the hidden width."""

    def __init__(self, width: int, settings: GLRESettings) -> None:
        """`width` is that of the encoder's states, or of word vectors in their place (Table 4)."""
        super().__init__()
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.bilstm = BiLSTM(width, settings.lstm) if settings.lstm else None
        self.project = nn.Linear(2 * settings.lstm or width, settings.hidden)

    def forward(self, words: Tensor, table: Padding) -> Tensor:
        """Vectors of words `[words, width]` → h `[words, hidden]`."""
        words = self.dropout(words)
        if self.bilstm is not None:
            words = self.bilstm(words, table)
        projected: Tensor = self.project(words)
        return projected
