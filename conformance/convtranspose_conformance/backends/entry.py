"""What is known of a backend before anybody imports its framework: plain data."""

import ctypes
from dataclasses import dataclass
from functools import cache

from .installed import installed

Plain = str | int | float | bool | None

SHAPE_CHECKS = ("output_shape", "rejection")
VALUE_CHECKS = ("output", "repeatability", "rejection")
FORWARD_CHECKS = ("output", "output_shape", "repeatability", "rejection")
ALL_CHECKS = (*FORWARD_CHECKS, "gradient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A backend that can be asked for.

    `target` is module:callable: called with `arguments` in the worker, it gives the `Backend`.
    `checks` is what the backend can be asked; nothing else declares it. `script` is
    module:callable, a `script.Writer`, which writes a call down for a bug report; "" where there is
    none. `sayable` is module:callable, which is given a call and raises `Unsupported` where one
    call of the API cannot say it; "" where the API says every call. `kernels` is module:callable,
    which tells from the processor's flags what `Backend.kernels` would; "" where nothing depends on
    it. Neither imports a framework. `distributions` are the names under which the framework may be
    installed: the first found gives the version, unless `version` states it. `needs` are other
    distributions that it computes with, all of them; "NAME|OTHER" is one under either name. One
    that is not `by_default` is asked by name or with `--all-backends`; a slow one is asked a
    `sample`, one of so many cases of each suite, the same in every run, and its title says so.
    """

    name: str
    title: str
    route: str
    target: str
    distributions: tuple[str, ...]
    script: str = ""
    sayable: str = ""
    kernels: str = ""
    device: str = "cpu"
    arguments: tuple[Plain, ...] = ()
    checks: tuple[str, ...] = ("output", "output_shape", "rejection")
    version: str = ""
    needs: tuple[str, ...] = ()
    by_default: bool = True
    sample: int = 1

    def installed_version(self) -> str:
        """Version of the framework's distribution, "" where it is not installed."""
        return self.version or _first_installed(self.distributions)

    def why_unusable(self) -> str:
        """Why it cannot be used here, as far as can be told without importing the framework; ""
        otherwise."""
        if self.distributions and not self.installed_version():
            return f"{self.distributions[0]} is not installed"
        for either in (each.split("|") for each in self.needs):
            if not any(map(installed, either)):
                return f"{either[0]} is not installed"
        return "no CUDA device" if self.device == "cuda" and not cuda_devices() else ""


@cache
def _first_installed(distributions: tuple[str, ...]) -> str:
    return next(filter(None, map(installed, distributions)), "")


@cache
def cuda_devices() -> int:
    """CUDA devices that the driver reports; 0 without a driver. Asks the driver itself: no
    framework is imported."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    return (
        count.value
        if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
        else 0
    )
