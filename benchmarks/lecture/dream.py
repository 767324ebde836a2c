"""DeepDream in small: `python benchmarks/lecture/dream.py`, about a minute.

A fixed random network of three strided convolutions; gradient ascent on the mean square of its last
layer, once with the image in one position and once shifted at random at each step, in PyTorch,
TensorFlow and JAX. Writes `dream.json`: by the number of steps, how much of the image's change
repeats at the network's stride, as a contrast and as a share; and whether shifted gradients of a
convolution of ones add up to the reference's jittered overlap.
"""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from benchmarks.measured_of import ROOT, keep_figures, key_of, pins

from convtranspose_reference.artifacts import jittered, repeated_share
from convtranspose_reference.remedies import gains

RESULTS = ROOT / "benchmarks" / "figures" / "dream.json"
LAYERS, STRIDE, CHANNELS, COLOURS = 3, 2, 12, 3
PERIOD = STRIDE**LAYERS
SIDE, NETWORKS, STEPS = 128, 3, 32
INSIDE = slice(SIDE // 4, SIDE // 4 + SIDE // 2)  # away from the borders, whole periods
KERNELS = (3, 4)  # the stride divides the second
SHOWN = 48  # of a picture, pixels a side
Derived = Callable[[Any], Any]  # an image, 1 x colours x side x side -> the gradient in it


def weights(kernel: int, network: int) -> list[Any]:
    """Of a normal distribution, scaled so that activations keep their size (He et al. 2015)."""
    drawn, made, channels = np.random.default_rng(network), [], COLOURS
    for _ in range(LAYERS):
        scale = (2 / (channels * kernel**2)) ** 0.5
        made.append(drawn.normal(0, scale, (CHANNELS, channels, kernel, kernel)))
        channels = CHANNELS
    return [each.astype(np.float32) for each in made]


def by_torch(filters: Sequence[Any], *, of_sum: bool = False) -> Derived:
    import torch
    import torch.nn.functional as functional

    layers = [torch.from_numpy(each) for each in filters]

    def derived(image: Any) -> Any:
        x = torch.from_numpy(image).requires_grad_()
        y = x
        for W in layers:
            y = functional.relu(functional.conv2d(y, W, stride=STRIDE))
        (dX,) = torch.autograd.grad(y.sum() if of_sum else y.square().mean(), x)
        return dX.numpy()

    return derived


def by_tensorflow(filters: Sequence[Any], *, of_sum: bool = False) -> Derived:
    import tensorflow as tf

    layers = [tf.constant(each.transpose(2, 3, 1, 0)) for each in filters]

    @tf.function(autograph=False)
    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for W in layers:
                y = tf.nn.relu(tf.nn.conv2d(y, W, STRIDE, "VALID"))
            total = tf.reduce_sum(y) if of_sum else tf.reduce_mean(tf.square(y))
        return tape.gradient(total, x)

    def derived(image: Any) -> Any:
        return np.moveaxis(gradient(tf.constant(np.moveaxis(image, 1, -1))).numpy(), -1, 1)

    return derived


def by_jax(filters: Sequence[Any], *, of_sum: bool = False) -> Derived:
    import jax
    import jax.numpy as jnp
    from jax import lax

    def total(x: Any) -> Any:
        for W in filters:
            x = jax.nn.relu(lax.conv(x, W, (STRIDE, STRIDE), "VALID"))
        return jnp.sum(x) if of_sum else jnp.mean(jnp.square(x))

    gradient = jax.jit(jax.grad(total))
    return lambda image: np.asarray(gradient(image))


FRAMEWORKS = {"PyTorch": by_torch, "TensorFlow": by_tensorflow, "JAX": by_jax}


def ascent(derived: Derived, shifts: Sequence[tuple[int, int]], seed: int) -> list[Any]:
    """What has changed of an image of noise after each step; a step moves along the gradient, in
    the position that its shift makes, by 1 in the root of the mean square."""
    drawn = np.random.default_rng(1000 + seed)
    start = drawn.normal(size=(1, COLOURS, SIDE, SIDE)).astype(np.float32)
    image, changes = start, []
    for shift in shifts:
        moved = np.roll(image, shift, (-2, -1))
        gradient = np.roll(derived(moved), tuple(-s for s in shift), (-2, -1))
        image = (image + gradient / np.sqrt(np.square(gradient).mean())).astype(np.float32)
        changes.append((image - start)[0])
    return changes


def _shifts(seed: int) -> dict[str, list[tuple[int, int]]]:
    drawn = np.random.default_rng(2000 + seed).integers(0, PERIOD, (STEPS, 2)).tolist()
    return {"one position": [(0, 0)] * STEPS, "jittered": [(a, b) for a, b in drawn]}


def dreams() -> list[dict[str, Any]]:
    """A row for each kernel and way: share and contrast of what repeats after each step, the mean
    of NETWORKS networks, in each framework; the first network's change in PyTorch as a picture."""
    rows = []
    for kernel, way in product(KERNELS, ("one position", "jittered")):
        seen: dict[str, Any] = {name: np.zeros((2, STEPS)) for name in FRAMEWORKS}
        pictures = []
        for (name, by), network in product(FRAMEWORKS.items(), range(NETWORKS)):
            derived = by(weights(kernel, network))
            changes = ascent(derived, _shifts(network)[way], network)
            seen[name] += np.transpose([repeating(c, n + 1) for n, c in enumerate(changes)])
            pictures.append(_as_picture(changes[-1]))
        means = {name: (each / NETWORKS).round(5).tolist() for name, each in seen.items()}
        rows.append(
            {
                "kernel": kernel,
                "way": way,
                "share": {name: each[0] for name, each in means.items()},
                "contrast": {name: each[1] for name, each in means.items()},
                "picture": pictures[0],
            }
        )
    return rows


def repeating(change: Any, steps: int) -> tuple[float, float]:
    """Of a change, away from the borders: the share of its energy that repeats, and the root of the
    mean square of that, over the number of steps, each of which is 1."""
    inside = change[:, INSIDE, INSIDE].astype(np.float64)
    share = repeated_share(inside, PERIOD)
    energy = np.square(inside - inside.mean(axis=(1, 2), keepdims=True)).mean()
    return share, (share * float(energy)) ** 0.5 / steps


def _as_picture(change: Any) -> list[list[int]]:
    """The first colour of the middle, from 0 to 255."""
    first = (SIDE - SHOWN) // 2
    cut = change[0, first : first + SHOWN, first : first + SHOWN]
    low, high = np.percentile(cut, (1, 99))
    return (255 * np.clip((cut - low) / (high - low), 0, 1)).astype(int).tolist()


def patterns() -> list[dict[str, Any]]:
    """Gradients of the sum of a convolution of ones, shifted and added: the reference's jittered
    overlap, bit for bit?"""
    shifts = np.random.default_rng(0).integers(0, STRIDE, (8, 2)).tolist()
    rows = []
    for kernel in KERNELS:
        own = jittered(gains(np.ones((kernel, kernel), np.int64), (STRIDE, STRIDE)), shifts)
        equal = {}
        for name, by in FRAMEWORKS.items():
            derived = by([np.ones((1, 1, kernel, kernel), np.float32)], of_sum=True)
            gradient = derived(np.ones((1, 1, SIDE, SIDE), np.float32))[0, 0]
            inside = sum(np.roll(gradient, each, (0, 1)) for each in shifts)[INSIDE, INSIDE]
            times = len(inside) // STRIDE
            equal[name] = bool((inside == np.tile(own, (times, times))).all())
        rows.append({"kernel": kernel, "shifts": len(shifts), "equal": equal})
    return rows


def main() -> None:
    """Measures, writes."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    figures = {
        "measured_of": key_of("dream"),
        "versions": pins("torch", "tensorflow", "jax"),
        "period": PERIOD,
        "of_noise": (PERIOD**2 - 1) / ((SIDE // 2) ** 2 - 1),
        "dreams": dreams(),
        "patterns": patterns(),
    }
    keep_figures(RESULTS, figures, indent=None)


if __name__ == "__main__":
    main()
