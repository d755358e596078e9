"""A pre-trained encoder with its tokenizer: loaded, or rebuilt without weights to take those of a trained model."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from glre.counted import counted
from glre.documents.document import Document
from glre.encoding.tokenization.subwords import SpecialTokens, Subwords, set_words_apart, special_tokens, subwords
from glre.encoding.transformer.layers import hidden_states, leave_out_layers_above, parameter_depths
from glre.encoding.transformer.location import encoder_source
from glre.errors import InputError
from glre.files import written_whole
from glre.settings import PretrainedEncoder

_UNBOUNDED = 100_000
"""Tokenizers that know no limit state an absurd one."""


@dataclass(frozen=True)
class Pretrained:
    """An encoder in single precision, without its pooler and the layers that nothing reads, and its tokenizer.

    `limit` is how many subwords a window holds besides the special tokens. `layers` are the hidden states that are
    read, counted from 0 (embeddings), `width` is that of each. `depths` says for each parameter that they depend on
    which is the first layer that does. `config` is that of the whole encoder.
    """

    settings: PretrainedEncoder
    tokenizer: Any
    config: Any
    model: nn.Module
    special: SpecialTokens
    limit: int
    layers: tuple[int, ...]
    width: int
    depths: Mapping[str, int]

    def subwords(self, document: Document) -> Subwords:
        """Subwords and windows of a document for this encoder."""
        return subwords(document, self.tokenizer, self.limit)


def load_pretrained(settings: PretrainedEncoder) -> Pretrained:
    """The encoder with its published weights, ready to score; InputError where it can't be loaded."""
    from transformers import AutoModel

    expected = "the name or folder of a transformers encoder with its tokenizer"
    origin = _Origin(settings, encoder_source(settings), settings.revision, expected)
    with origin.reading():
        tokenizer, config = origin.description()
        model, loading = AutoModel.from_pretrained(
            origin.source,
            revision=origin.revision,
            config=origin.cut(config),
            trust_remote_code=False,
            output_loading_info=True,
        )
    # The pooler stands behind the hidden states; many published encoders come without it.
    if needed := sorted(name for name in loading["missing_keys"] if not name.startswith("pooler")):
        others = f" and {counted(len(needed) - 1, 'other')}" if len(needed) > 1 else ""
        raise origin.refusal(f"no weights for {needed[0]}{others}")
    return _prepared(origin, tokenizer, config, model)


def counted_layers(settings: PretrainedEncoder) -> tuple[int, ...]:
    """The layers that are read; those below 0 are counted from the last one where the encoder is a folder here.

    Of one that is known by name they stay below 0: what its states are read for need not have it. InputError where the
    folder can't be read.
    """
    source = encoder_source(settings)
    if min(settings.layers) >= 0 or not Path(source).is_dir():
        return settings.layers
    from transformers import AutoConfig

    origin = _Origin(settings, source, None, "the folder of a transformers encoder")
    with origin.reading():
        return origin.layers(AutoConfig.from_pretrained(source, trust_remote_code=False))


def rebuild_pretrained(settings: PretrainedEncoder, folder: Path) -> Pretrained:
    """The encoder that `save_architecture` wrote to `folder`, its weights yet to be filled in; InputError if none."""
    from transformers import AutoModel

    origin = _Origin(settings, str(folder), None, "an encoder's config.json and tokenizer, as `glre train` writes them")
    with origin.reading():
        tokenizer, config = origin.description()
        model = AutoModel.from_config(origin.cut(config), trust_remote_code=False)  # type: ignore[no-untyped-call]
    return _prepared(origin, tokenizer, config, model)


def save_architecture(pretrained: Pretrained, folder: Path) -> None:
    """Write configuration and tokenizer as JSON, whole or not at all: all of the encoder but its weights."""
    with written_whole(folder) as temporary, _without_reports():
        temporary.mkdir(parents=True)
        pretrained.config.save_pretrained(temporary)
        pretrained.tokenizer.save_pretrained(temporary)
        for file in temporary.iterdir():
            if file.suffix != ".json":  # a vocabulary in its original form, say, which tokenizer.json has too
                file.unlink()


@dataclass(frozen=True)
class _Origin:
    """Where an encoder is read from, and what is expected there."""

    settings: PretrainedEncoder
    source: str
    revision: str | None
    expected: str

    def refusal(self, found: str) -> InputError:
        return InputError(f"encoder {self.source}", found, self.expected)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Refuse whatever transformers, or a library below it, fails at."""
        try:
            with _without_reports():
                yield
        except InputError:
            raise
        except Exception as error:  # those of tokenizers have no other class
            raise self.refusal(f"what transformers can't load ({_one_line(error)})") from None

    def description(self) -> tuple[Any, Any]:
        """Tokenizer and configuration."""
        from transformers import AutoConfig, AutoTokenizer

        # RoBERTa-like tokenizers refuse words that are already split unless told to add the space.
        tokenizer = AutoTokenizer.from_pretrained(
            self.source, revision=self.revision, add_prefix_space=True, trust_remote_code=False
        )
        return tokenizer, AutoConfig.from_pretrained(self.source, revision=self.revision, trust_remote_code=False)

    def layers(self, config: Any) -> tuple[int, ...]:
        """The layers that are read, counted from the embeddings."""
        count = config.num_hidden_layers
        for layer in self.settings.layers:
            if not -count - 1 <= layer <= count:
                raise InputError(
                    f"encoder {self.source}, layers", str(layer), f"a layer from 0 (embeddings) to {count}"
                )
        return tuple(layer % (count + 1) for layer in self.settings.layers)

    def check_tokenizer(self, tokenizer: Any, embeddings: int) -> None:
        """Refuse a tokenizer that can't be worked with, made up by transformers, or of another model."""
        if not tokenizer.is_fast:
            raise self.refusal("a tokenizer that can't tell which word a subword belongs to")
        special = set(tokenizer.all_special_tokens)
        last = max((number for token, number in tokenizer.get_vocab().items() if token not in special), default=None)
        if last is None:
            raise self.refusal("no tokenizer")
        if last >= embeddings:
            raise self.refusal(f"a tokenizer of {last + 1} subwords and a model of {embeddings}")

    def check_precision(self, model: nn.Module, inputs: Mapping[str, Tensor]) -> None:
        """Refuse a precision that the model does not compute in, as the first DeBERTa does not in bfloat16."""
        precision = self.settings.precision
        try:
            hidden_states(model, inputs, precision)
        except RuntimeError as error:
            found = f"{precision}, in which {type(model).__name__} fails ({_one_line(error)})"
            raise InputError(f"encoder {self.source}, precision", found, "float32") from None

    def cut(self, config: Any) -> Any:
        """The configuration with one layer more than is read: only behind it can a model normalise its last."""
        cut = deepcopy(config)
        if _can_be_cut(config):
            cut.num_hidden_layers = min(config.num_hidden_layers, max(self.layers(config)) + 1)
        return cut


def _prepared(origin: _Origin, tokenizer: Any, config: Any, model: Any) -> Pretrained:
    origin.check_tokenizer(tokenizer, model.get_input_embeddings().num_embeddings)
    # Some are published in half precision, in which neither a processor nor an optimiser works well.
    model.float().eval()
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    layers = origin.layers(config)
    try:
        set_words_apart(tokenizer)
        special = special_tokens(tokenizer, getattr(config, "pad_token_id", None) or 0)
        takes_types = "token_type_ids" in inspect.signature(model.forward).parameters
        special = replace(special, has_types=special.has_types and takes_types)
        inputs = _shortest_text(special)
        _check_states(model, inputs, int(config.hidden_size))
        if _can_be_cut(config) and 0 < max(layers) < config.num_hidden_layers:
            leave_out_layers_above(model, max(layers), inputs)
        depths = parameter_depths(model, inputs, max(layers))
    except Exception as error:  # whatever a model that is no encoder of texts fails with
        raise origin.refusal(f"what does not encode a text ({_one_line(error)})") from None
    origin.check_precision(model, inputs)
    window = _window(tokenizer, model)
    if window <= special.count:
        raise origin.refusal(f"windows of {window} subwords, of which {special.count} are special")
    return Pretrained(
        settings=origin.settings,
        tokenizer=tokenizer,
        config=config,
        model=model,
        special=special,
        limit=window - special.count,
        layers=layers,
        width=int(config.hidden_size) if origin.settings.context else model.get_input_embeddings().embedding_dim,
        depths=depths,
    )


def _check_states(model: Any, inputs: Mapping[str, Tensor], width: int) -> None:
    states = hidden_states(model, inputs)
    layers = model.config.num_hidden_layers
    if len(states) != layers + 1:
        raise ValueError(f"{len(states)} hidden states of {layers} layers")
    if any(state.shape != (*inputs["input_ids"].shape, width) for state in states):
        raise ValueError(f"hidden states that are not {width} wide for each subword")


def _can_be_cut(config: Any) -> bool:
    # ALBERT with several groups deals its layers out to them by how many there are.
    return getattr(config, "num_hidden_groups", 1) == 1


def _shortest_text(special: SpecialTokens) -> dict[str, Tensor]:
    """What the model takes for a text of one subword."""
    inputs = {"input_ids": torch.tensor([[*special.before, 0, *special.after]])}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if special.has_types:
        inputs["token_type_ids"] = torch.tensor([[*special.before_types, special.text_type, *special.after_types]])
    return inputs


def _window(tokenizer: Any, model: Any) -> int:
    stated = [tokenizer.model_max_length] if tokenizer.model_max_length < _UNBOUNDED else []
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions and positions > 0:
        tables = (module for name, module in model.named_modules() if name.endswith("position_embeddings"))
        padding = [table.padding_idx for table in tables if getattr(table, "padding_idx", None) is not None]
        # Models whose positions have a padding id (RoBERTa, MPNet) number them from behind it on.
        stated.append(positions - max(padding, default=-1) - 1)
    return int(min(stated, default=512))


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


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
