"""The older releases of `history/releases.toml`, which `history.py` asks."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMED = Path(__file__).with_name("history") / "releases.toml"


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
