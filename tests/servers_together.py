"""Which process runs which tests, where several share them."""

from xdist.scheduler import LoadScopeScheduling

ONE_SERVER = ("tests/flows/test_bulk_flow.py", "tests/flows/test_stage_task.py")
"""Files whose tests ask the same server, which takes longer to start than most of them."""


class ServersTogether(LoadScopeScheduling):
    """All tests of a file run in one process, and so do those of files that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return ONE_SERVER[0] if file in ONE_SERVER else file
