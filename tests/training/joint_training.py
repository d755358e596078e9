"""A small training as a program, to be started as one process or by `accelerate launch` as several.

python joint_training.py FOLDER EPOCHS: trains to this many epochs, from the checkpoint in FOLDER if there is one, and
the first process writes history and weights there.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from safetensors.torch import save_file
from word_documents import RELATIONS, documents, small_scorer, split, training

from glre.training.checkpoint import restore_checkpoint, save_checkpoint
from glre.training.loop import new_trainee, train
from glre.training.processes import Processes

# 13 documents with pairs in batches of 4: the last batch has one document for all processes.
TRAIN = documents(17)
STILL = ("encoder_dropout", "rgcn_input_dropout", "rgcn_output_dropout", "attention_dropout", "classifier_dropout")
SETTINGS = training(epochs=4, patience=4, negatives=0.6, weight_average=0.5, step_words=40, learning_rate=3e-3)


def main(folder: Path, epochs: int) -> None:
    """Train; dropout, which every process draws for itself, is off."""
    processes = Processes()
    trainee = new_trainee(small_scorer(1, **dict.fromkeys(STILL, 0.0)), SETTINGS, None, 1)
    restore_checkpoint(trainee, "a test", folder / "checkpoints", processes)
    for record in train(trainee, split(TRAIN), split(documents(11, seed=1)), RELATIONS, SETTINGS, processes):
        save_checkpoint(trainee, "a test", folder / "checkpoints", processes)
        if record.epoch == epochs:
            break
    if processes.is_first:
        history = [{"processes": processes.count} | asdict(record) for record in trainee.history]
        (folder / "history.json").write_text(json.dumps(history))
        save_file(dict(trainee.averaged.module.state_dict()), folder / "weights.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
