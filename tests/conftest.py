import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What takes longest comes first, so that all processes end together: `tox -e tests` gives each file
# to one process, which shares what its tests ask of frameworks, interpreters and rules.
LONGEST = (
    "conformance/backends/test_pinned_frameworks.py",
    "conformance/scripts/test_bug_reports.py",
    "conformance/worker/test_planted.py",
    "conformance/run/test_drafts.py",
    "reference/test_formulations.py",
    "conformance/cli/test_kept.py",
    "conformance/diagnosis/test_diagnose.py",
    "mutation/test_diagnosis.py",
    "conformance/worker/test_faults.py",
    "mutation/test_mutants.py",
    "reports/test_large_runs.py",
    "reports/test_questions.py",
    "conformance/run/findings/test_stops.py",
    "conformance/run/kept/test_kept.py",
    "conformance/run/test_same_records.py",
    "conformance/run/test_cluster.py",
    "conformance/cli/test_run.py",
    "conformance/run/test_on_demand.py",
    "conformance/scripts/test_reproducer.py",
    "docs/test_action.py",
    "conformance/worker/test_macos.py",
    "conformance/run/test_kept_of_a_run.py",
    "conformance/test_plugin.py",
    "conformance/run/test_fuzz.py",
    "conformance/run/test_on_device.py",
    "docs/test_recipes.py",
    "reports/test_parts.py",
    "conformance/backends/test_compiled.py",
    "conformance/diagnosis/test_types.py",
    "conformance/run/findings/test_not_asked.py",
    "conformance/verdict/test_rejection.py",
    "conformance/scripts/test_repeated_scripts.py",
    "mutation/test_handwritten.py",
    "docs/test_history.py",
    "conformance/explain/test_code.py",
    "conformance/check/test_command.py",
    "docs/test_submitted.py",
    "reports/test_report_page.py",
    "conformance/run/findings/test_large.py",
    "conformance/worker/test_containment.py",
    "conformance/diagnosis/test_random_rules.py",
    "conformance/backends/test_adapter_from_outside.py",
    "reports/held/test_held.py",
    "conformance/examples/test_smallest.py",
    "reports/test_ask_proofs.py",
    "cases/test_probes.py",
)

MOST_PROCESSES = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-cases",
        action="store_true",
        help="hold the page's scripts against Python on every case, not on a sample: minutes",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes `-n auto` is: one more than there are processors, since some wait for
    backends that hang. No more than memory of 16 GiB holds: each may have a framework or two."""
    available = getattr(os, "sched_getaffinity", None)
    processors = len(available(0)) if available else os.cpu_count() or 1
    return min(processors + 1, MOST_PROCESSES)


def pytest_configure(config: pytest.Config) -> None:
    """What a test finds, the processes find that it starts: `support`, and backends by their
    names. What fixtures share is kept: as in a run, Python goes through it seldom in search of
    garbage. How long an example takes, on a busy machine, fails no test."""
    gc.set_threshold(50_000, 20, 50)
    untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("untimed", untimed)
    settings.load_profile("untimed")
    ours = [str(config.rootpath / path) for path in config.getini("pythonpath")]
    theirs = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*filter(None, theirs), *ours]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / file: place for place, file in enumerate(LONGEST)}
    if gone := [str(path) for path in places if not path.exists()]:
        raise pytest.UsageError(f"tests/conftest.py, LONGEST: there is no {', '.join(gone)}")
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One browser for all tests of a process: a second one beside it does not start."""
    from playwright.sync_api import sync_playwright

    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip(
            "no chromium, chromium-browser or google-chrome on PATH: the page cannot be tried in a "
            "browser"
        )
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
