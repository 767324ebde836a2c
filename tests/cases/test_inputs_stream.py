"""The numbers of a case: the same bytes everywhere, of the kind that is promised."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.inputs import most_products, raw, tensors
from convtranspose_reference.formats import FORMATS

CASES = (suite_cases("seeds") + suite_cases("core"))[::20]
DIGEST = """
import hashlib
from convtranspose_cases import suite_cases
from convtranspose_cases.inputs import tensors
found = hashlib.sha256()
for case in (suite_cases("seeds") + suite_cases("core"))[::20]:
    for array in tensors(case, {seed}).arrays(case.dtype):
        found.update(b"" if array is None else array.tobytes())
print(found.hexdigest())
"""


def _digest(seed: int) -> str:
    found = hashlib.sha256()
    for case in CASES:
        for array in tensors(case, seed).arrays(case.dtype):
            found.update(b"" if array is None else array.tobytes())
    return found.hexdigest()


@pytest.mark.parametrize("seed", [0, 3])
def test_a_fresh_interpreter_draws_the_same_bytes(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DIGEST.format(seed=seed)],
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "5"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == _digest(seed)
    assert _digest(0) != _digest(3)


def test_the_stream_is_the_one_that_is_written_down() -> None:
    """SHA-256("case/tensor/v1"), 16 bytes little-endian, Philox from counter 0: worked out here
    once more."""
    key = int.from_bytes(hashlib.sha256(b"core/x/X/v1").digest()[:16], "little")
    words = np.random.Philox(key=key, counter=0).random_raw(4)
    np.testing.assert_array_equal(raw("core/x", "X", 4), words)
    assert (raw("core/x", "W", 4) != words).all()
    assert (raw("core/x", "X", 4, seed=1) != words).all()
    # Fixed for good: another NumPy has to draw these.
    assert [hex(int(word)) for word in raw("seeds/a", "X", 2)] == [
        "0x32b1a937f0943ae5",
        "0x246bde7461a73af8",
    ]


@pytest.mark.parametrize("dtype", FORMATS)
def test_arrays_hold_the_integers_exactly(dtype: str) -> None:
    for case in CASES:
        if case.dtype == dtype:
            given = tensors(case)
            for scaled, array in zip((given.X, given.W, given.B), given.arrays(dtype), strict=True):
                if scaled is not None and array is not None:
                    exact = np.ldexp(scaled.integers.astype(np.float64), scaled.exponent)
                    np.testing.assert_array_equal(array.astype(np.float64), exact, err_msg=case.id)
                    assert array.flags.c_contiguous
                    assert array.dtype == FORMATS[dtype].dtype


def _case(data: str, dtype: str = "float32", **given: object) -> Case:
    return make("t", (7, 6), (3, 3), c=4, m=3, data=data, dtype=dtype, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", FORMATS)
def test_dense_fills_the_significand(dtype: str) -> None:
    given = tensors(_case("dense", dtype, bias=True))
    p = FORMATS[dtype].precision
    for tensor in (given.X, given.W):
        magnitudes = np.abs(tensor.integers)
        assert magnitudes.min() >= 2 ** (p - 1)
        assert magnitudes.max() < 2**p
        assert (tensor.integers < 0).any()
        assert (tensor.integers > 0).any()
        assert (magnitudes % 2).any()


def test_sparse_keeps_eight_weights_of_each_output_channel() -> None:
    given = tensors(_case("sparse"))
    assert (np.count_nonzero(given.W.integers, axis=(0, 2, 3)) == 8).all()
    dense = tensors(_case("dense"))
    assert np.count_nonzero(dense.W.integers) == dense.W.integers.size
    grouped = tensors(make("t", (5,), (9,), c=4, m=6, group=2, data="sparse"))
    kept = np.count_nonzero(grouped.W.integers.reshape(2, 2, 3, 9), axis=(1, 3))
    assert (kept == 8).all()
    forward = tensors(make("t", (9,), (9,), op="Conv", c=4, m=6, group=2, data="sparse"))
    assert (np.count_nonzero(forward.W.integers, axis=(1, 2)) == 8).all()


def test_sparse_meets_every_channel_and_tap() -> None:
    """No channel and no tap of the kernel goes untested because it was thinned out."""
    given = tensors(make("t", (5, 5), (3, 3), c=4, m=16, data="sparse"))
    assert np.count_nonzero(given.W.integers, axis=1).min() > 0


@pytest.mark.parametrize("wide", ["X", "W"])
def test_the_wide_operand_is_odd_and_of_12_bits(wide: str) -> None:
    given = tensors(_case(f"wide-{wide.lower()}"))
    one, other = (given.X, given.W) if wide == "X" else (given.W, given.X)
    assert (np.abs(one.integers) >= 2**11).all()
    assert (np.abs(one.integers) < 2**12).all()
    assert (one.integers % 2 == 1).all()
    assert np.abs(other.integers).max() <= 8


@pytest.mark.parametrize(("dtype", "bits"), [("float16", 9), ("bfloat16", 8)])
def test_wide_is_as_wide_as_float32_can_sum(dtype: str, bits: int) -> None:
    case = _case("wide", dtype)
    assert most_products(case) == 36
    given = tensors(case)
    for tensor in (given.X, given.W):
        assert {int(v).bit_length() for v in np.abs(tensor.integers).ravel()} == {bits}


def test_integers_differ_from_place_to_place() -> None:
    """Numbers too alike would not tell a swapped axis or a flipped kernel apart."""
    for case in suite_cases("core"):
        if (
            case.data == "integers"
            and case.dtype == "float32"
            and case.w_shape[-1] > 1
            and 0 not in case.w_shape
            and case.taps > 3
        ):
            assert len(set(tensors(case).W.integers.ravel().tolist())) > 1, case.id


def test_numbers_that_cannot_be_exact_are_refused() -> None:
    with pytest.raises(ValueError, match="300 products"):
        tensors(make("t", (300,), (300,), dtype="bfloat16"))
    with pytest.raises(ValueError, match="terms do not fit"):
        tensors(make("t", (9,), (9,), data="terms"))
    with pytest.raises(ValueError, match="without a previous case"):
        tensors(make("t", (2,), (2,), data="previous"))


def test_every_group_has_its_own_bias() -> None:
    """The issue: a different bias in every group. Else a bias taken from the first group goes
    unseen."""
    for case in suite_cases("core"):
        B = tensors(case).B
        if B is not None and case.group > 1:
            groups = B.integers.reshape(case.group, -1)
            assert len({tuple(row) for row in groups.tolist()}) > 1, case.id
