"""Small models, random documents and the paper's equations are those of the model's own tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "model"))
