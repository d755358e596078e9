"""The encoding layer's pre-trained encoder (section 3.1): hidden states of every word of a document, frozen."""

import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from glre.documents import Document
from glre.encoding.subwords import Subwords, special_tokens, subwords
from glre.encoding.windows import Window
from glre.errors import InputError
from glre.settings import PretrainedEncoder

_UNBOUNDED = 100_000
"""Tokenizers that know no limit state an absurd one."""


class FrozenEncoder:
    """A transformers encoder that turns documents into word states `[words, layers, width]`.

    A word's state is the mean over all of its subwords. Raises InputError where the encoder can't be loaded.
    """

    def __init__(self, settings: PretrainedEncoder, tokens_per_batch: int = 4096) -> None:
        from safetensors import SafetensorError
        from transformers import AutoConfig, AutoModel, AutoTokenizer

        self._source = encoder_source(settings)
        try:
            # RoBERTa-like tokenizers refuse words that are already split unless told to add the space.
            self.tokenizer: Any = AutoTokenizer.from_pretrained(
                self._source, revision=settings.revision, add_prefix_space=True
            )
            config = AutoConfig.from_pretrained(self._source, revision=settings.revision)
            self.layers = _layers(settings.layers, config.num_hidden_layers, self._source)
            # What nothing reads is not computed. One layer above the deepest stays: some models normalise their last.
            config.num_hidden_layers = min(config.num_hidden_layers, max(self.layers) + 1)
            self.model: Any
            with _without_reports():
                self.model, loading = AutoModel.from_pretrained(
                    self._source, revision=settings.revision, config=config, output_loading_info=True
                )
        except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
            raise self._refusal(f"what transformers can't load ({' '.join(str(error).split())[:200]})") from None
        self._check(loading["missing_keys"])
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model.eval().requires_grad_(False).to(self.device)
        self.settings = settings
        self.special = special_tokens(self.tokenizer)
        self.limit = _window_limit(self.tokenizer, self.model) - self.special.count
        self.width = int(self.model.config.hidden_size)
        self._tokens_per_batch = tokens_per_batch

    def _refusal(self, found: str) -> InputError:
        return InputError(
            f"encoder {self._source}", found, "the name or folder of a transformers encoder with its tokenizer"
        )

    def _check(self, missing: Iterable[str]) -> None:
        """Refuse what transformers only warns of, or makes up."""
        # The pooler stands behind the hidden states; many published encoders come without it.
        if needed := sorted(name for name in missing if not name.startswith("pooler")):
            raise self._refusal(f"no weights for {needed[0]} and {len(needed) - 1} others")
        if not self.tokenizer.is_fast:
            raise self._refusal("a tokenizer that can't tell which word a subword belongs to")
        if len(self.tokenizer) <= len(set(self.tokenizer.all_special_ids)):
            raise self._refusal("no tokenizer")

    def subwords(self, document: Document) -> Subwords:
        """Subwords and windows of a document for this encoder."""
        return subwords(document, self.tokenizer, self.limit)

    def encode(self, documents: Sequence[Subwords]) -> list[npt.NDArray[np.float16]]:
        """Word states of each document, `[words, layers, width]` in half precision."""
        pending = sorted(
            ((number, window) for number, document in enumerate(documents) for window in document.windows),
            key=lambda item: item[1].length,
        )
        states = [torch.empty(len(d.ids), len(self.layers), self.width) for d in documents]
        for batch in _batches(pending, self._tokens_per_batch):
            hidden = self._hidden([documents[number].ids[w.start : w.stop] for number, w in batch])
            for (number, window), rows in zip(batch, hidden, strict=True):
                states[number][window.start : window.stop] = rows
        return [_word_means(rows, document) for rows, document in zip(states, documents, strict=True)]

    @torch.inference_mode()
    def _hidden(self, texts: Sequence[npt.NDArray[np.int64]]) -> list[torch.Tensor]:
        special = self.special
        longest = max(map(len, texts)) + special.count
        ids = torch.full((len(texts), longest), int(self.tokenizer.pad_token_id or 0))
        types = torch.zeros_like(ids)
        mask = torch.zeros_like(ids)
        starts = []
        for row, text in enumerate(texts):
            length = len(text) + special.count
            left = longest - length if self.tokenizer.padding_side == "left" else 0
            ids[row, left : left + length] = torch.tensor([*special.before, *text.tolist(), *special.after])
            types[row, left : left + length] = torch.tensor(
                [*special.before_types, *[special.text_type] * len(text), *special.after_types]
            )
            mask[row, left : left + length] = 1
            starts.append(left + len(special.before))
        inputs = {"input_ids": ids, "attention_mask": mask}
        if special.has_types:
            inputs["token_type_ids"] = types
        inputs = {name: tensor.to(self.device, non_blocking=True) for name, tensor in inputs.items()}
        half = self.settings.precision == "bfloat16"
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=half):
            output = self.model(**inputs, output_hidden_states=True)
        hidden = torch.stack([output.hidden_states[layer] for layer in self.layers], dim=2).float().cpu()
        return [
            hidden[row, start : start + len(text)] for row, (start, text) in enumerate(zip(starts, texts, strict=True))
        ]


def encoder_source(settings: PretrainedEncoder) -> str:
    """The folder of a bundled encoder, else the name or path it is loaded by."""
    if settings.package is None:
        return str(settings.name)
    try:
        package = importlib.util.find_spec(settings.package)
    except ModuleNotFoundError:  # of a name with a dot, whose first part is missing
        package = None
    if package is None or package.origin is None:
        raise InputError(
            "params.yaml, encoders", f"the package {settings.package!r}, which is not installed", "an installed package"
        )
    return str(Path(package.origin).parent / settings.folder)


def encoder_identity(settings: PretrainedEncoder) -> str:
    """What tells one encoder's weights from another's: the hash of its files, or its name and revision."""
    source = encoder_source(settings)
    if not Path(source).is_dir():
        return f"{source}@{settings.revision or 'main'}"
    digest = hashlib.sha256()
    for file in sorted(Path(source).iterdir()):
        if file.suffix in {".json", ".safetensors", ".bin", ".txt", ".model", ".bpe", ".codes"}:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def _window_limit(tokenizer: Any, model: Any) -> int:
    stated = [tokenizer.model_max_length] if tokenizer.model_max_length < _UNBOUNDED else []
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions and positions > 0:
        tables = (module for name, module in model.named_modules() if name.endswith("position_embeddings"))
        padding = [table.padding_idx for table in tables if getattr(table, "padding_idx", None) is not None]
        # Models whose positions have a padding id (RoBERTa, MPNet) number them from behind it on.
        stated.append(positions - max(padding, default=-1) - 1)
    return int(min(stated, default=512))


@contextmanager
def _without_reports() -> Iterator[None]:
    """Keep transformers from reporting, as it loads an encoder, the weights of layers that were left out."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _layers(layers: Sequence[int], count: int, source: str) -> tuple[int, ...]:
    for layer in layers:
        if not -count - 1 <= layer <= count:
            raise InputError(f"encoder {source}, layers", str(layer), f"a layer from 0 (embeddings) to {count}")
    return tuple(layer % (count + 1) for layer in layers)


def _batches(pending: Sequence[tuple[int, Window]], tokens: int) -> list[list[tuple[int, Window]]]:
    batches: list[list[tuple[int, Window]]] = []
    for item in pending:
        if not batches or (len(batches[-1]) + 1) * item[1].length > tokens:
            batches.append([])
        batches[-1].append(item)
    return batches


def _word_means(states: torch.Tensor, document: Subwords) -> npt.NDArray[np.float16]:
    words = torch.from_numpy(document.word)
    sums = torch.zeros(document.words, *states.shape[1:]).index_add_(0, words, states)
    counts = torch.bincount(words, minlength=document.words).view(-1, 1, 1)
    means = (sums / counts).to(torch.float16)
    if not torch.isfinite(means).all():
        raise InputError("the encoder", "hidden states that half precision can't hold", "finite states")
    return means.numpy()
