import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """What a test finds, the processes find that it starts: `support`, and backends by their
    names."""
    ours = [str(config.rootpath / path) for path in config.getini("pythonpath")]
    theirs = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*filter(None, theirs), *ours]))
