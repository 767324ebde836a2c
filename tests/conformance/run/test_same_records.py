"""The same seed and versions give the same lines, byte for byte, wherever and however they are
asked: of a backend that is right, one that is wrong, and one that dies saying so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BACKENDS = ("planted:KernelFlipped", "planted:Correct", "faulty:last_words")
CASES = ("core/x_5_k_[1-4]_dilations_1_strides_2",)
WAYS = {
    "three workers, in another order": (("--jobs", "3", "--reversed"), {"PYTHONHASHSEED": "77"}),
    "another place": (("--jobs", "1"), {"TZ": "Asia/Tokyo", "LC_ALL": "POSIX", "LANG": "tr_TR"}),
}


def lines(directory: Path, given: tuple[str, ...], environment: dict[str, str]) -> list[bytes]:
    """Everything but the footer, where times are, in an order of its own."""
    names = BACKENDS[::-1] if "--reversed" in given else BACKENDS
    options = [word for name in names for word in ("--backend", name)]
    options += [word for case in CASES for word in ("--case", case)]
    options += [word for word in given if word != "--reversed"]
    subprocess.run(
        [
            *(sys.executable, "-m", "convtranspose_conformance", "run", "--no-report"),
            *("--out", str(directory), *options),
        ],
        env=os.environ | environment,
        capture_output=True,
        timeout=600,
    )
    kept = (directory / "results.jsonl").read_bytes().splitlines()
    return sorted(line for line in kept if b'"type":"footer"' not in line and b"header" not in line)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return lines(tmp_path_factory.mktemp("once") / "run", ("--jobs", "1"), {})


@pytest.mark.parametrize("way", WAYS)
def test_the_same_records_whatever_the_way(way: str, once: list[bytes], tmp_path: Path) -> None:
    found = lines(tmp_path / "run", *WAYS[way])
    assert len(found) >= len(BACKENDS) * 4 + 4
    assert found == once


def test_a_death_is_there(once: list[bytes]) -> None:
    assert sum(b"Check failed: nothing fits" in line for line in once) >= 2
