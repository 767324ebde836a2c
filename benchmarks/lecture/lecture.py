"""What the lecture says, asked of the CPU backends: `python benchmarks/lecture/lecture.py [--suite
NAME]`, some minutes.

Writes `lecture.json`: the verdicts on the cases of each item, the overlap maps and generators as
backends return them, and the gradients of a strided convolution and of max pooling. The tables and
pictures of docs/lecture.md are made from it.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from benchmarks.measured_of import LECTURED, ROOT, keep_figures, key_of

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.inputs import tensors
from convtranspose_conformance.backends.api import Backend, Call, Unsupported
from convtranspose_conformance.backends.registry import BUILT_IN, registered
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import Limits
from convtranspose_reference.artifacts import (
    overlap_map,
    pooled_gradient,
    spectrum,
    unevenness,
    whole_periods,
)
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.gradients import adjoint_of_conv
from convtranspose_reports import Check

RESULTS = ROOT / "benchmarks" / "figures" / "lecture.json"
BACKENDS = tuple(entry.name for entry in BUILT_IN if entry.device == "cpu")
RETURNING = tuple(e.name for e in BUILT_IN if e.device == "cpu" and Check.OUTPUT in e.checks)
# what the lecture has -> the cases that ask it
ITEMS: dict[str, tuple[str, ...]] = {
    "Convolution, 4x4, filter 3": ("seeds/conv_4x4_*", "convolution/conv_x_4_4_k_3_3"),
    "Convolution, 5x5, filter 3, padded": (
        "seeds/conv_5x5_*",
        "convolution/conv_x_5_5_k_3_3_pads_1_1_1_1",
    ),
    "Convolution, 6x6, filter 3, stride 2": (
        "seeds/conv_6x6_*",
        "convolution/conv_x_6_6_k_3_3_pads_1_1_1_1_strides_2_2",
    ),
    "Size rule of a convolution": ("convolution/*",),
    "Transposed, 5x5, filter 3, stride 1": (
        "seeds/transpose_5x5_*",
        "artifacts/x_5_5_k_3_3_pads_1_1_1_1_ones",
    ),
    "Transposed, stride 3, filter 6": ("seeds/stride_3_filter_6*", "artifacts/x_5_5_k_6_6_*"),
    "Transposed, stride 2, filter 5": ("seeds/stride_2_filter_5*", "artifacts/x_5_5_k_5_5_*"),
    "Transposed, stride 2, filter 3": (
        "seeds/stride_2_filter_3*",
        "artifacts/x_5_5_k_3_3_*strides_2_2_ones",
    ),
    "The transposes of two of the convolutions": ("seeds/transpose_of_conv_*",),
    "Six terms and eleven terms of a..f": ("seeds/derivation_*",),
    "`deconv2d` told four sizes": ("seeds/deconv2d_*",),
    "Decoder, 2x2 to 16x16": ("seeds/decoder_*",),
    "Back-propagation of either is the other": ("gradients/*",),
    "Overlap maps in one, two and three axes": ("artifacts/x_*",),
    "Stacks of layers": ("artifacts/stack_*",),
    "Radford et al. 2015": ("artifacts/radford_*",),
    "Salimans et al. 2016": ("artifacts/salimans_*",),
    "Donahue et al. 2016": ("artifacts/donahue_*",),
    "Dumoulin et al. 2016": ("artifacts/dumoulin_*",),
    "Resize, then convolution": ("resize/*",),
    "Sub-pixel convolution, both orders": ("subpixel/*",),
}
FOUR = (
    "artifacts/x_5_5_k_3_3_pads_1_1_1_1_ones",
    "artifacts/x_5_5_k_6_6_strides_3_3_ones",
    "artifacts/x_5_5_k_5_5_strides_2_2_ones",
    "artifacts/x_5_5_k_3_3_strides_2_2_ones",
)
DRAWN = {"seeds", "artifacts"}  # suites of which more than verdicts is kept
GENERATORS = ("radford_2015", "salimans_2016", "donahue_2016", "dumoulin_2016")
DERIVATIONS = ("seeds/derivation_stride_1_six_outputs", "seeds/derivation_stride_2_eleven_outputs")
SIDE, IMAGES, POOLED = 19, 64, ((2, 2), (3, 2), (3, 3), (5, 3))  # of what is pooled: kernel, stride
STRIDED = ((3, 2), (4, 2), (5, 2), (6, 3))  # kernel, stride of the convolutions


def _suites(patterns: Iterable[str]) -> set[str]:
    return {pattern.partition("/")[0] for pattern in patterns}


def items(asked: set[str]) -> list[dict[str, Any]]:
    """The verdicts of each backend on the cases of each item of which a suite is asked."""
    chosen_items = {item: of for item, of in ITEMS.items() if _suites(of) & asked}
    suites = [each for each in LECTURED if each in _suites(chain(*chosen_items.values()))]
    plan = selection.plan(backends=BACKENDS, suites=suites, limits=Limits(), jobs=2)
    with tempfile.TemporaryDirectory() as directory:
        records = execute(plan, Path(directory)).records
    names = [case.id for suite in suites for case in suite_cases(suite)]
    rows = []
    for item, patterns in chosen_items.items():
        chosen = {name for name in names if any(fnmatch(name, each) for each in patterns)}
        verdicts = {
            backend: Counter(
                str(r.verdict) for r in records if r.backend == backend and r.case in chosen
            )
            for backend in BACKENDS
        }
        rows.append({"item": item, "where": patterns, "cases": len(chosen), "verdicts": verdicts})
    return rows


def started(name: str) -> Backend:
    entry = registered()[name]
    module, _, kind = entry.target.partition(":")
    backend: Backend = getattr(import_module(module), kind)(*entry.arguments)
    return backend


def returned(backend: Backend, case: Case) -> Any:
    """The output as integers; None where one call cannot say the case. Raises ValueError where an
    element is no integer."""
    X, W, B = tensors(case).arrays(case.dtype)
    try:
        Y = backend.run(Call.of(case, X, W, B, None))
    except Unsupported:
        return None
    whole = np.asarray(Y, np.float64).astype(np.int64)
    if not (whole == np.asarray(Y, np.float64)).all():
        raise ValueError(f"{case.id}: not of integers")
    return whole[0, 0]


def maps(backends: dict[str, Backend]) -> list[dict[str, Any]]:
    """The lecture's four overlap maps: the reference's, and the unevenness of each backend's."""
    rows = []
    for name in FOUR:
        case = find_case(name)
        placed, counted = case.geometry(), overlap_map(case.geometry())
        inside = whole_periods(placed)
        seen = {}
        for backend, each in backends.items():
            found = returned(each, case)
            equal = found is not None and bool((found == counted).all())
            seen[backend] = [str(unevenness(found[inside])), equal] if found is not None else None
        rows.append(
            {
                "case": name,
                "map": counted.tolist(),
                "unevenness": str(unevenness(counted[inside])),
                "backends": seen,
            }
        )
    return rows


def generators(backend: Backend) -> list[dict[str, Any]]:
    """The last layers' first channel, 64 x 64, and the share of its energy at multiples of 1 /
    stride, along rows."""
    rows = []
    for name in GENERATORS:
        last = [case for case in suite_cases("artifacts") if case.name.startswith(name)][-1]
        picture = returned(backend, last)
        shares = spectrum(picture - round(float(picture.mean())), 2)
        rows.append({"name": name, "picture": picture.tolist(), "at_one_half": float(shares[1])})
    return rows


# Back-propagation: the gradient of the sum of the output


def _numbers() -> Any:
    """Images whose elements all differ."""
    each = [np.random.default_rng(i).permutation(SIDE * SIDE) for i in range(IMAGES)]
    return np.array(each, np.float32).reshape(IMAGES, 1, SIDE, SIDE)


def by_torch(X: Any) -> dict[str, Callable[[int, int], Any]]:
    import torch
    import torch.nn.functional as functional

    def derived(apply: Callable[[Any], Any]) -> Any:
        x = torch.from_numpy(X).requires_grad_()
        (dX,) = torch.autograd.grad(apply(x).sum(), x)
        return dX.numpy()

    return {
        "conv": lambda k, s: derived(
            lambda x: functional.conv2d(x, torch.ones(1, 1, k, k), stride=s)
        ),
        "pool": lambda k, s: derived(lambda x: functional.max_pool2d(x, k, s)),
    }


def by_tensorflow(X: Any) -> dict[str, Callable[[int, int], Any]]:
    import tensorflow as tf

    def derived(apply: Callable[[Any], Any]) -> Any:
        x = tf.constant(np.moveaxis(X, 1, -1))
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(apply(x))
        return np.moveaxis(tape.gradient(total, x).numpy(), -1, 1)

    return {
        "conv": lambda k, s: derived(
            lambda x: tf.nn.conv2d(x, tf.ones((k, k, 1, 1)), strides=s, padding="VALID")
        ),
        "pool": lambda k, s: derived(lambda x: tf.nn.max_pool2d(x, k, s, "VALID")),
    }


def by_jax(X: Any) -> dict[str, Callable[[int, int], Any]]:
    import jax
    from jax import lax

    def derived(apply: Callable[[Any], Any]) -> Any:
        return np.asarray(jax.grad(lambda x: apply(x).sum())(X))

    return {
        "conv": lambda k, s: derived(
            lambda x: lax.conv(x, np.ones((1, 1, k, k), np.float32), (s, s), "VALID")
        ),
        "pool": lambda k, s: derived(
            lambda x: lax.reduce_window(x, -np.inf, lax.max, (1, 1, k, k), (1, 1, s, s), "VALID")
        ),
    }


FRAMEWORKS = {"PyTorch": by_torch, "TensorFlow": by_tensorflow, "JAX": by_jax}


def _of_conv(k: int, s: int) -> Any:
    shape = (1, 1, SIDE, SIDE)
    found = adjoint_of_conv(shape, (1, 1, k, k), Attributes(strides=(s, s)))
    return np.broadcast_to(overlap_map(found), (IMAGES, 1, SIDE, SIDE))


def _summed(gradient: Any, k: int, s: int) -> Any:
    """The gradient summed over images and over positions of one phase, away from the borders."""
    windows = (SIDE - k) // s + 1
    whole = whole_strides(k, s, windows)
    inside = gradient.sum(axis=(0, 1))[whole][:, whole]
    return inside.reshape(-1, s, inside.shape[1] // s, s).sum(axis=(0, 2))


def whole_strides(k: int, s: int, windows: int) -> slice:
    """Positions of an axis away from the borders, cut to whole strides, from a window's first."""
    first = -(-(k - 1) // s) * s
    last = s * (windows - 1)
    return slice(first, first + (last + 1 - first) // s * s)


def gradients() -> list[dict[str, Any]]:
    """Each framework's gradient against the reference's, bit for bit, and what it comes to by
    phase."""
    X = _numbers()
    rows = []
    derived = {name: by(X) for name, by in FRAMEWORKS.items()}
    for kind, sizes in (("conv", STRIDED), ("pool", POOLED)):
        for k, s in sizes:
            own = _of_conv(k, s) if kind == "conv" else pooled_gradient(X, k, s)
            phases = _summed(own, k, s)
            equal = {n: bool((each[kind](k, s) == own).all()) for n, each in derived.items()}
            rows.append(
                {
                    "of": kind,
                    "kernel": k,
                    "stride": s,
                    "phases": phases.tolist(),
                    "unevenness": float(unevenness(phases)),
                    "equal": equal,
                    "first": own[0, 0].tolist(),
                }
            )
    return rows


def everything() -> dict[str, Any]:
    """All but the verdicts."""
    backends = {name: started(name) for name in RETURNING}
    torch = backends["torch-cpu"]
    return {
        "versions": {k: v for each in backends.values() for k, v in each.versions().items()},
        "maps": maps(backends),
        "generators": generators(backends["onnxruntime-cpu"]),
        "terms": {name: returned(torch, find_case(name)).tolist() for name in DERIVATIONS},
        "gradients": gradients(),
    }


def main() -> None:
    """Asks, writes. Of suites that only items have, the rest of the file stays."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--suite", action="append", choices=LECTURED, help="ask the items of these alone"
    )
    asked = set(parser.parse_args().suite or LECTURED)
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if asked < set(LECTURED) else {}
    anew = {row["item"]: row for row in items(asked)}
    kept = {row["item"]: row for row in before.get("items", ())}
    found = before if before and not asked & DRAWN else everything()
    parts = [f"suite {each}" for each in asked]
    key = key_of("lecture", before, parts) if before else key_of("lecture")
    rows = [(kept | anew)[item] for item in ITEMS]
    found = {**found, "measured_of": key, "items": rows}
    keep_figures(RESULTS, found, indent=None)


if __name__ == "__main__":
    main()
