import os

import pytest

# What these share is dear, and of one process: runs of frameworks, interpreters that have one,
# right answers, answers of rules. `--dist=loadgroup` gives each group to one process.
TOGETHER = {
    "conformance/backends/test_pinned_frameworks.py": "frameworks",
    "conformance/examples/test_smallest.py": "smallest",
    "conformance/explain/test_code.py": "interpreters",
    "conformance/explain/test_layers.py": "interpreters",
    "conformance/explain/test_tensorflow.py": "interpreters",
    "conformance/run/test_fuzz.py": "fuzz",
    "conformance/scripts/test_bug_reports.py": "interpreters",
    "conformance/scripts/test_repeated_scripts.py": "interpreters",
    "conformance/scripts/test_undeclared_bug_reports.py": "interpreters",
    "conformance/verdict/test_false_alarms.py": "right",
    "conformance/verdict/test_rejection.py": "rejection",
    "conformance/worker/test_planted.py": "planted",
    "mutation/test_diagnosis.py": "mutants",
    "mutation/test_handwritten.py": "mutants",
    "mutation/test_mutants.py": "cosmic-ray",
}


def pytest_configure(config: pytest.Config) -> None:
    """What a test finds, the processes find that it starts: `support`, and backends by their
    names."""
    ours = [str(config.rootpath / path) for path in config.getini("pythonpath")]
    theirs = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*filter(None, theirs), *ours]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            file = item.path.relative_to(config.rootpath / "tests").as_posix()
            if file in TOGETHER:
                item.add_marker(pytest.mark.xdist_group(TOGETHER[file]))
