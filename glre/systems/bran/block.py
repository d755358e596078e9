"""A block of BRAN's encoder (section 2.2): attention between all words of a document, then convolutions over them."""

from torch import Tensor, nn
from torch.nn import functional

from glre.systems.layers.bilstm import Padding

_WIDEST = 5


class Block(nn.Module):
    """`b = norm(x + attention(x))`, `x' = norm(b + conv_1(conv_5(conv_1(b))))`.

    Queries, keys, values and each convolution go through ReLU. Between convolutions words are 4 · hidden wide, and the
    middle one sees five of them. Nothing comes from padding.
    """

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.asking = nn.Linear(hidden, 3 * hidden)
        self.together = nn.Linear(hidden, hidden)
        self.wider = nn.Conv1d(hidden, 4 * hidden, 1)
        self.around = nn.Conv1d(4 * hidden, 4 * hidden, _WIDEST, padding=_WIDEST // 2)
        self.narrower = nn.Conv1d(4 * hidden, hidden, 1)
        self.first_norm, self.second_norm = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, filled: Tensor) -> Tensor:
        """`[documents, longest, hidden]`, and where a word stands `[documents, longest]` → as it was."""
        attended = self.first_norm(words + self.dropout(self._attended(words, filled)))
        wide = self.wider(attended.transpose(1, 2)).relu() * filled.unsqueeze(1)
        convolved = self.narrower(self.around(wide).relu()).relu().transpose(1, 2)
        found: Tensor = self.second_norm(attended + self.dropout(convolved))
        return found

    def _attended(self, words: Tensor, filled: Tensor) -> Tensor:
        documents, longest, hidden = words.shape
        shape = (documents, longest, 3, self.heads, hidden // self.heads)
        query, key, value = self.asking(words).relu().view(shape).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=filled[:, None, None, :])
        found: Tensor = self.together(mixed.transpose(1, 2).reshape(documents, longest, hidden))
        return found


class Encoder(nn.Module):
    """`x_i = (W w_i + p_i) · √d`, p the learned vector of the i-th position, under a stack of blocks."""

    def __init__(self, width: int, hidden: int, positions: int, blocks: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.words = nn.Linear(width, hidden)
        self.positions = nn.Embedding(positions, hidden)
        nn.init.normal_(self.positions.weight, std=hidden**-0.5)
        self.blocks = nn.ModuleList(Block(hidden, heads, dropout) for _ in range(blocks))

    def forward(self, words: Tensor, padding: Padding) -> Tensor:
        """Words `[words, width]` of the documents that `padding` lays out → `[words, hidden]`."""
        place = padding.forwards
        position = (place % padding.longest).clamp(max=self.positions.num_embeddings - 1)
        hidden = self.positions.embedding_dim
        own = (self.words(words) + self.positions(position)) * hidden**0.5
        table, filled = padding.laid_out(own, place), padding.filled
        for block in self.blocks:
            table = block(table, filled)
        encoded: Tensor = table.flatten(0, 1).index_select(0, place)
        return encoded
