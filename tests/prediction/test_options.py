from typing import Any

import pytest

from glre.errors import InputError
from glre.prediction.options import Options, Precision, arithmetic


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0.5, "min_precision": 0.5}, "--min-precision: found a threshold as well"),
        ({"threshold": -0.1}, "--threshold: found -0.1; expected a fraction"),
        ({"min_precision": 70}, "--min-precision: found 70; expected a fraction"),
        ({"threshold": float("nan")}, "--threshold: found nan"),
        ({"top": 0}, "--top: found 0"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Options(**options)


def test_a_precision_that_was_chosen_is_kept() -> None:
    assert arithmetic(Precision.FLOAT32) == "float32"
    assert arithmetic(Precision.BFLOAT16) == "bfloat16"
    assert arithmetic(Precision.AUTO) in {"float32", "bfloat16"}
