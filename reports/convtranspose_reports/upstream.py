"""Issues and pull requests of GitHub: their short names, and what they had come to when somebody
last looked (`upstream.toml`)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

_ADDRESS = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)", re.ASCII)
_COMMIT = re.compile(
    r"https://github\.com/([\w.-]+/[\w.-]+)/commit/([0-9a-f]{7})[0-9a-f]*", re.ASCII
)


class State(StrEnum):
    """What became of an issue or a pull request; `UNKNOWN` where it was looked for and not
    found."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"
    UNKNOWN = "unknown"


class Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state and the day on which it was read; `copy`: not at GitHub, but in a stored copy of it,
    which may be older than that day."""

    state: State
    read: date
    copy: bool = False


@cache
def states() -> Mapping[str, Read]:
    """Short name -> what was read, as the package holds it."""
    text = files(__package__).joinpath("upstream.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Read])


def short_names(text: str) -> list[str]:
    """The short names (`onnx/onnx#4299`) of the issues and pull requests that a text links."""
    return [f"{where}#{number}" for where, number in _ADDRESS.findall(text)]


def short_name(address: str) -> str:
    """The short name of one, or of a commit (`openxla/xla@0123456`), which has no state; "" for any
    other address."""
    if found := _ADDRESS.fullmatch(address):
        return f"{found[1]}#{found[2]}"
    commit = _COMMIT.fullmatch(address)
    return f"{commit[1]}@{commit[2]}" if commit else ""


def in_brackets(address: str) -> str:
    """`(closed)`, `(state unknown)`; "" where nobody looked."""
    known = states().get(short_name(address))
    if known is None:
        return ""
    return "(state unknown)" if known.state is State.UNKNOWN else f"({known.state})"


def when_read(addresses: Iterable[str]) -> str:
    """When the states of these were read, as a sentence; "" where none of them is known."""
    known = [states()[name] for name in map(short_name, addresses) if name in states()]
    if not known:
        return ""
    first, last = min(each.read for each in known), max(each.read for each in known)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    of_copies = sum(each.copy for each in known)
    copies = "" if of_copies == len(known) else ", some of them"
    where = f"{copies} in a stored copy of GitHub that may be older" if of_copies else ""
    return f"The states of issues and pull requests were read {when}{where}."
