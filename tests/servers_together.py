"""Which process runs which tests, and when, where several share them."""

from xdist.scheduler import LoadScopeScheduling

ONE_SERVER = ("tests/flows/test_bulk_flow.py", "tests/flows/test_stage_task.py")
"""Files whose tests ask the same server, which takes longer to start than most of them."""
FIRST = (
    "tests/pipeline/test_flows.py",
    "tests/stages/test_train.py",
    "tests/training/test_processes.py",
    "tests/bulk/test_ray_cluster.py",
)
"""One of the pipeline's, which makes what the others of it wait for, and as many others as there are processes."""


class ServersTogether(LoadScopeScheduling):
    """All tests of a file run in one process, and so do those of files that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return ONE_SERVER[0] if file in ONE_SERVER else file


def place_in_line(file: str) -> int:
    """By which files of tests are ordered."""
    if file in FIRST:
        return FIRST.index(file)
    return len(FIRST) + (not file.startswith("tests/pipeline/"))
