"""The older releases of `history/releases.toml`, which `history.py` asks, and what they answered:
`history/answers.tar.xz`, a file of answers for each release. One archive for all, since much of
what one answers another does, too."""

import io
import lzma
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.version import Version

from convtranspose_conformance.run.kept.form import FILTERS

NAMED = Path(__file__).with_name("history") / "releases.toml"
ANSWERS = Path(__file__).with_name("history") / "answers.tar.xz"
ENDING = ".jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release: what is installed beside this project's own requirements, the first of which names
    it; when it came out (on PyPI); who is asked."""

    needs: tuple[str, ...]
    date: str
    backends: tuple[str, ...]

    @property
    def name(self) -> str:
        """`onnxruntime-1.20.1`."""
        return self.needs[0].replace("==", "-")

    @property
    def distribution(self) -> str:
        return self.needs[0].partition("==")[0]

    @property
    def version(self) -> str:
        return self.needs[0].partition("==")[2]

    def is_of(self, names: list[str]) -> bool:
        """Is it of one of these distributions, or asked as one of these backends? Of any, where
        none is named."""
        return not names or not {self.distribution, *self.backends}.isdisjoint(names)


@cache
def releases() -> tuple[Release, ...]:
    """All of them, in the order of the file."""
    entries = tomllib.loads(NAMED.read_text(encoding="utf-8"))["releases"]
    return tuple(
        Release(
            needs=(f"{entry['distribution']}=={version}", *entry.get("beside", ())),
            date=str(date),
            backends=tuple(entry["backends"]),
        )
        for entry in entries
        for version, date in entry["of"].items()
    )


def date_of(backend: str, version: str) -> str:
    """When the release came out, "" where it is none of these."""
    return next(
        (r.date for r in releases() if backend in r.backends and r.version == version),
        "",
    )


def kept() -> Iterator[tuple[str, bytes]]:
    """The releases of which answers are kept, each distribution's by version, and the answers."""
    if ANSWERS.exists():
        with tarfile.open(ANSWERS, "r:xz") as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is not None:
                    yield member.name.removesuffix(ENDING), file.read()


def keep(answers: Mapping[str, bytes]) -> None:
    """Keeps the answers of these releases, and no others."""
    ANSWERS.parent.mkdir(exist_ok=True)
    written = ANSWERS.with_suffix(".part")
    with (
        lzma.open(written, "wb", filters=FILTERS) as file,
        tarfile.open(fileobj=file, mode="w|") as archive,
    ):
        for name in sorted(answers, key=_by_version):
            header = tarfile.TarInfo(f"{name}{ENDING}")
            header.size = len(answers[name])
            archive.addfile(header, io.BytesIO(answers[name]))
    written.replace(ANSWERS)


def _by_version(name: str) -> tuple[str, Version]:
    distribution, _, version = name.rpartition("-")
    return distribution, Version(version)
