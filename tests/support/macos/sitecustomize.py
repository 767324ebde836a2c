"""Put on PYTHONPATH, makes every process that starts take this machine for macOS: `sys.platform`,
no prctl, no /proc, no limit of address space, the most memory in use counted in bytes."""

import builtins
import ctypes
import io
import resource
import sys
from typing import Any

sys.platform = "darwin"
_CDLL, _OPEN, _SETRLIMIT, _GETRUSAGE = (
    ctypes.CDLL,
    io.open,
    resource.setrlimit,
    resource.getrusage,
)


class _Library(_CDLL):
    def __getattr__(self, name: str) -> Any:
        if name == "prctl":
            raise AttributeError(name)
        return super().__getattr__(name)


def _open(file: Any, *arguments: Any, **options: Any) -> Any:
    if str(file).startswith("/proc"):
        raise FileNotFoundError(2, "No such file or directory", str(file))
    return _OPEN(file, *arguments, **options)


def _setrlimit(which: int, limits: tuple[int, int]) -> None:
    if which == resource.RLIMIT_AS:
        raise ValueError("current limit exceeds maximum limit")
    _SETRLIMIT(which, limits)


class _Usage:
    """Linux counts in KiB."""

    def __init__(self, who: int) -> None:
        self._found = _GETRUSAGE(who)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)

    @property
    def ru_maxrss(self) -> int:
        return 1024 * self._found.ru_maxrss


ctypes.CDLL = _Library  # type: ignore[misc]
builtins.open = io.open = _open
resource.setrlimit = _setrlimit
resource.getrusage = _Usage  # type: ignore[assignment]
