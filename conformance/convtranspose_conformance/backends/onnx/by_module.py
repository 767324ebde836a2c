"""The entry of any object or module of ONNX's Backend API, by the words that name it."""

from ..entry import VALUE_CHECKS, Entry
from ..installed import version_of_module


def entry_for(spec: str, stated_version: str = "") -> Entry:
    """The entry of `module:attribute[@DEVICE]`. Version: as stated, else the distribution's, else
    "unknown"."""
    target, _, device = spec.partition("@")
    top = target.partition(":")[0].partition(".")[0]
    installed = stated_version or version_of_module(top) or "unknown"
    shown = f"{device or 'CPU'} (claimed)"
    return Entry(
        name=spec,
        title=target,
        route=f"ONNX Backend API: prepare(model, {device or 'CPU'!r}).run(inputs)",
        target=f"{__package__}.backend_api:OnnxBackend",
        script=f"{__package__}.script:backend_api_script",
        arguments=(target, device or "CPU", installed),
        distributions=(),
        checks=VALUE_CHECKS,
        device="cpu" if shown.startswith("CPU") else "claimed",
        version=installed,
    )
