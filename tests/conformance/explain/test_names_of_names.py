"""Names that a text defines by others that it leaves open: what is asked for are those others, and
what they stand for goes into all that hangs on them."""

import warnings

import pytest

from convtranspose_conformance.explain import Subject
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.open_calls import open_calls
from convtranspose_conformance.explain.inputs.options import names_option
from convtranspose_conformance.explain.inputs.read import Given, subjects
from convtranspose_conformance.explain.inputs.signature import Bound
from convtranspose_conformance.explain.inputs.subject import LeftOutWarning, Unreadable
from convtranspose_conformance.explain.inputs.written.fold import NameInText
from convtranspose_reference.attributes import Shape

STEPS = "    k = 2 * s\n    p = s // 2\n"
MAKER = "class Up(nn.Module):\n    def __init__(self, scale):\n        self.scale = scale\n"
OF_TABLE = "def up(cfg):\n    s = cfg.scale\n    return nn.ConvTranspose2d(4, 4, 2 * s, s, s // 2)"
LAYER = "nn.ConvTranspose2d(4, 4, self.k, self.scale, self.scale // 2)"


def _read(text: str, *said: str, w: Shape | None = None) -> list[Subject]:
    return subjects(text, None, w, None, names=names_option(said))


def _spatial(text: str, *said: str, w: Shape | None = None) -> list[Shape]:
    return [each.case.y_shape()[2:] for each in _read(text, *said, w=w)]


def _asked(text: str, w: Shape | None = None) -> set[str]:
    with pytest.raises(NamesOpen) as error:
        _read(text, w=w)
    return set(error.value.names)


# the sizes are PyTorch's, by 4 * (5 - 1) + 8 - 2 * 2
@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        (f"def up(s):\n{STEPS}    return nn.ConvTranspose2d(4, 4, k, s, p)", "s", "s=4"),
        (f"{MAKER}        self.k = 2 * scale\n        self.up = {LAYER}", "scale", "scale=4"),
        (
            f"{MAKER}        self.k = 2 * scale\n    def build(self):\n        return {LAYER}",
            "scale",
            "scale=4",
        ),
        (
            f"{MAKER}    def build(self):\n        k = 2 * self.scale\n"
            "        return nn.ConvTranspose2d(4, 4, k, self.scale, self.scale // 2)",
            "scale",
            "self.scale=4",
        ),
        (OF_TABLE, "cfg.scale", "s=4"),
        (OF_TABLE, "cfg.scale", 'cfg={"scale": 4}'),
        (
            "s = int(sys.argv[1])\nk = 2 * s\nup = nn.ConvTranspose2d(4, 4, k, s, s // 2)",
            "s",
            "s=4",
        ),
        (
            "c = 1\ndef up(s):\n    k = 2 * s + c - 1\n"
            "    return nn.ConvTranspose2d(4, 4, k, s, k // 4)",
            "s",
            "s=4",
        ),
        (
            "def up(s):\n    ks = [2 * s, 2 * s]\n"
            "    return nn.ConvTranspose2d(4, 4, (ks[0], ks[1]), s, s // 2)",
            "s",
            "s=4",
        ),
        (
            "def up(s, k=None):\n    k = k if k else 2 * s\n"
            "    return nn.ConvTranspose2d(4, 4, 2 * s, s, s // 2)",
            "s",
            "s=4",
        ),
    ],
)
def test_what_is_defined_by_an_open_name_is_worked_out_of_it(
    text: str, asked: str, said: str
) -> None:
    assert _asked(text) == {asked}
    assert _spatial(text, said) == [(20, 20)]


def test_a_size_is_told_in_the_names_that_are_asked_for() -> None:
    (call,) = open_calls(
        f"def up(s):\n{STEPS}    return nn.ConvTranspose2d(4, 4, k, s, p)", Given()
    )
    assert call.rule == "Y is s * (input - 1) + (2 * s) - 2 * (s // 2) on each axis"
    made = {row.names["s"]: row.y for row in call.rows}
    assert made == {2: (10, 10), 1: (6, 6), 8: (40, 40)}


def test_an_expression_that_would_be_long_is_told_in_its_own_names() -> None:
    steps = "".join(f"k{n} = k{n - 1} + k{n - 1}\n" for n in range(1, 12))
    text = f"k0 = int(argv)\n{steps}up = nn.ConvTranspose2d(4, 4, k11)"
    (call,) = open_calls(text, Given())
    (name,) = call.names
    assert name in call.rule
    assert _spatial(text, "k0=1") == [(2052, 2052)]  # 5 - 1 + 2 ** 11
    assert _spatial(text, f"{name}=3") == [(4 + 3 * 2 ** (11 - int(name[1:])),) * 2]


def test_a_loop_runs_over_what_is_said_by_hand() -> None:
    text = (
        "def up(h):\n    rates = h.rates\n    for r in rates:\n        k = 2 * r\n"
        "        layer = nn.ConvTranspose1d(4, 4, k, r, r // 2)"
    )
    assert _spatial(text, "h.rates=[4, 2]") == [(20,), (10,)]
    assert _spatial(text, "rates=[4, 2]") == [(20,), (10,)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [  # a name that has another value there, and what is no plain name
        ("def up(k):\n    k = k // 2\n    return nn.ConvTranspose2d(4, 4, k)", {"k"}),
        (
            "def up(s):\n    k = 2 * s\n    s = s + 1\n    return nn.ConvTranspose2d(4, 4, k, s)",
            {"k", "s"},
        ),
        ("def up(x):\n    k = x.size(1)\n    return nn.ConvTranspose2d(4, 4, k)", {"k"}),
        (
            f"{MAKER}        self.k = 2 * scale\n    def build(self, scale):\n"
            "        return nn.ConvTranspose2d(4, 4, self.k)",
            {"self.k"},
        ),
    ],
)
def test_a_name_is_asked_for_itself_where_others_do_not_say_it(text: str, asked: set[str]) -> None:
    assert _asked(text) == asked


PADS = "def up(x, w, pad):\n    return "
TRANSPOSED = f"{PADS}jax.lax.conv_transpose(x, w, (2, 2), "
GENERAL = f"{PADS}lax.conv_general_dilated(x, w, (1, 1), padding={{}}, lhs_dilation=(2, 2))"
FLAX = f"{PADS}nn.ConvTranspose(8, (3, 3), (2, 2), padding=[(pad, pad), (1, pad)])(x)"


# the sizes are those that JAX 0.10 makes of kernel 3 over 5 inputs
@pytest.mark.parametrize(
    ("text", "said", "y"),
    [
        (f"{TRANSPOSED}[(pad, pad), (pad, pad)])", "pad=2", (11, 11)),
        (f"{TRANSPOSED}((1, pad), (pad, 1)))", "pad=2", (10, 10)),
        (f"{TRANSPOSED}pad)", "pad=[[1, 2], [2, 1]]", (10, 10)),
        (GENERAL.format("[(pad, pad), (1, pad + 1)]"), "pad=1", (9, 10)),
        (GENERAL.format("pad"), "pad=((0, 2), (1, 1))", (9, 9)),
        (FLAX, "pad=2", (11, 10)),
    ],
)
def test_pads_of_jax_in_an_open_name_are_left_open(
    text: str, said: str, y: tuple[int, ...]
) -> None:
    w = None if text is FLAX else (4, 4, 3, 3)
    (call,) = open_calls(text, Given(w=w))
    assert list(call.names) == ["pad"]
    assert "pad" in call.rule
    assert call.rows
    assert _spatial(text, said, w=w) == [y]


def test_pads_of_jax_that_hang_on_other_names_are_worked_out_of_them() -> None:
    text = (
        "def up(x, w, k, s):\n    total = k + s - 2\n"
        "    begin = k - 1 if s > k - 1 else int(np.ceil(total / 2))\n"
        "    pads = [(begin, total - begin)] * 2\n"
        "    return lax.conv_general_dilated(x, w, (1, 1), pads, lhs_dilation=(s, s))"
    )
    assert _asked(text, w=(4, 4, 3, 3)) == {"k", "s"}
    assert _spatial(text, "k=3", "s=2", w=(4, 4, 3, 3)) == [(10, 10)]
    assert _spatial(text, "k=2", "s=3", w=(4, 4, 2, 2)) == [(15, 15)]


@pytest.mark.parametrize("pads", ["2", "(1, 1)"])
def test_jax_takes_no_number_in_place_of_a_pair(pads: str) -> None:
    with pytest.raises(Unreadable, match="a pair for each spatial axis"):
        _read(f"{TRANSPOSED}{pads})", w=(4, 4, 3, 3))


def test_an_error_has_names_in_a_list_as_they_are_written() -> None:
    value = [(NameInText("pad"), 1), (2,), "SAME"]
    wrong = Bound(function="conv_transpose", values={"padding": value}).wrong("padding", "pairs")
    assert str(wrong) == "conv_transpose: padding=[(pad, 1), (2,), 'SAME']: accepted is pairs"


UP = "def up(k):\n    return nn.ConvTranspose2d(16, 8, k, 2, 1)\n"


@pytest.mark.parametrize(
    ("text", "read", "asked"),
    [
        (f"{UP}up(4)\nup(n)", [(10, 10)], "n"),
        (f"{UP}up(n)\nup(4)\nup(6)", [(10, 10), (12, 12)], "n"),
        (f"{UP.replace('k)', 'k=4)', 1)}up()\nup(2 * n)", [(10, 10)], "n"),
        (
            "class Up(nn.Module):\n    def __init__(self, k):\n"
            "        self.up = nn.ConvTranspose2d(16, 8, k, 2, 1)\nclass Net(nn.Module):\n"
            "    def __init__(self, size):\n        self.a = Up(4)\n        self.b = Up(size)",
            [(10, 10)],
            "size",
        ),
        (f"a = nn.ConvTranspose2d(16, 8, 4, 2, 1)\n{UP}", [(10, 10)], "k"),
    ],
)
def test_an_open_call_beside_a_whole_one_is_told(text: str, read: list[Shape], asked: str) -> None:
    with pytest.warns(LeftOutWarning, match=f"leaves {asked} open") as told:
        assert _spatial(text) == read
    assert len(told) == 1


def test_open_channels_beside_whole_ones_are_a_call_of_their_own() -> None:
    text = (
        "def up(i):\n    return nn.ConvTranspose2d(i, 8, 4, 2, 1)\ndef net(c):\n"
        "    return up(16), up(c)"
    )
    whole, open_ = _read(text)
    assert (whole.case.x_shape[1], whole.assumed) == (16, {"x"})
    assert "C" in open_.assumed


def test_a_function_that_calls_itself_leaves_nothing_more_open() -> None:
    text = f"{UP}    up(k // n)\nup(4)"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _spatial(text) == [(10, 10)]


ALIKE = "nn.ConvTranspose2d(64, 64, 4, 2, 1)"


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (f"for i in range(5):\n    layers.append({ALIKE})", [5]),
        (f"layers = nn.ModuleList([{ALIKE} for _ in range(20)])", [20]),
        (f"for a in range(5):\n    for b in (1, 2, 3, 4, 5, 6, 7):\n        f({ALIKE})", [35]),
        (f"for i, _ in enumerate(range(3)):\n    f({ALIKE})", [3]),
        (f"for i, _ in enumerate(range(30)):\n    f({ALIKE})", [30]),
        ("for s in [2, 2, 4]:\n    f(nn.ConvTranspose1d(8, 8, 2 * s, s, s // 2))", [2, 1]),
        (f"for i in range(n):\n    layers.append({ALIKE})", [1]),
        (ALIKE, [1]),
    ],
)
def test_calls_of_a_loop_that_are_alike_are_counted(text: str, times: list[int]) -> None:
    read = _read(text)
    assert [each.times for each in read] == times
    for each in read:
        told = [note for note in each.notes if "alike each time" in note]
        assert [f"makes this call {each.times} times" in note for note in told] == [True] * (
            each.times > 1
        )
