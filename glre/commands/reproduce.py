"""Prints the commands that give a run again. Not a DVC stage: it reads MLflow's store and writes nothing."""

from glre.tracking import read_reproduction


def run(reference: str) -> None:
    """Print them, as a shell takes them, with what else is known as comments; InputError where there is no such run."""
    found = read_reproduction(reference)
    print(f"# {found.name}, run {found.run_id}")
    for warning in found.warnings:
        print(f"# warning: {warning}")
    for command in found.commands:
        print(command)
    if found.inputs:
        print("# what it read, as dvc.lock has it:")
        for path, md5 in found.inputs.items():
            print(f"#   {md5}  {path}")
    if found.metrics:
        print("# what it came to: " + ", ".join(f"{name} {value:.6f}" for name, value in found.metrics.items()))
