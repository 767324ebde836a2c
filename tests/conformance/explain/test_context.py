"""What a text says beside its calls: defaults, constants, tables, loops, its own calls of its own
functions; and what hides them."""

import pytest

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.overview import overview_text

UP = "nn.ConvTranspose2d(6, 3, k, s)"


def _geometry(subject: Subject) -> tuple[int, int]:
    attributes = subject.case.attributes
    return subject.case.w_shape[-1], (attributes.strides or (1, 1))[0]


@pytest.mark.parametrize(
    "text",
    [
        f"class Up:\n    def __init__(self, k=5, s=3):\n        self.up = {UP}",
        f"k, s = 5, 3\n{UP}",
        f"def up(k=5):\n    s = k - 2\n    return {UP}",
        f"def up(k=(5, 5), s=[3, 3]):\n    s = [int(each) for each in s]\n    return {UP}",
        "class Up:\n    k = 5\n    s: int = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.k, self.s)",
        "class Up:\n    def __init__(self, k=5):\n        self.k = k\n        self.s = self.k - 2\n"
        "    def up(self):\n        return nn.ConvTranspose2d(6, 3, self.k, self.s)",
        "class Base:\n    k = 5\nclass Up(Base):\n    s = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.k, self.s)",
        "class Config:\n    k = 5\n    s = 3\nnn.ConvTranspose2d(6, 3, Config.k, Config.s)",
        'c = {"k": 5, "s": 3}\nnn.ConvTranspose2d(6, 3, c["k"], c.get("s", 1))',
        "c = SimpleNamespace(k=5, s=3)\nnn.ConvTranspose2d(6, 3, c.k, c.s)",
        "c = dict(kernel_size=5, stride=3)\nnn.ConvTranspose2d(6, 3, **c)",
        "sizes = [6, 3, 5, 3]\nnn.ConvTranspose2d(*sizes)",
        'p.add_argument("--k", type=int, default=5)\np.add_argument("--s", default=3)\n'
        "opt = p.parse_args()\nnn.ConvTranspose2d(6, 3, opt.k, opt.s)",
        f"def up(k, s):\n    return {UP}\nup(5, s=3)",
        f"def up(sizes=(5, 3)):\n    k, s = sizes\n    return {UP}",
        f"sizes = [[5, 3]]\nk, s = sizes[0]\n{UP}",
        "class Up:\n    def __init__(self, k, s=3):\n"
        f"        self.up = {UP}\nclass Net:\n    def __init__(self):\n        self.a = Up(5)",
    ],
)
def test_names_stand_for_what_the_text_says(text: str) -> None:
    (subject,) = subjects(text)
    assert _geometry(subject) == (5, 3)


OPEN = f"def up(k=5, s=3):\n    return nn.Sequential(\n        {UP}"


@pytest.mark.parametrize(
    "text",
    [
        f"{OPEN},",
        f"{OPEN},\n        nn.BatchNorm2d(3",
        f"Why is it wrong?\n{OPEN})",
        f"It's this one:\n    def up(\n        k=5, s=3,\n    ):\n        return {UP}\nThanks!",
        f"```python\n{OPEN})\n```",
        f"{OPEN})\n\ndef down(c,",
        f"{OPEN})\n\ndef down(c):",
        f"def up(k=5, s=3):\n    and so on\n    up = {UP}\n    and so on",
        f"class Up:\n    def __init__(self, k=5, s=3):\n        and so on\n        self.up = {UP}\n"
        "    def forward(self, x):\n        return self.up(x",
        "class Up:\n    def __init__(self, k=5):\n        self.s = 3\n        self.k = k\n"
        "    def up(self):\n        return nn.ConvTranspose2d(6, 3, self.k, self.s),",
    ],
)
def test_a_text_that_is_cut_off_or_has_prose_in_it_says_its_defaults(text: str) -> None:
    (subject,) = subjects(text)
    assert _geometry(subject) == (5, 3)


@pytest.mark.parametrize(
    "text", ["    " * 900 + "x", "\n".join(" " * n + "x y" for n in range(300))]
)
def test_a_text_of_many_blocks_is_read_to_its_end(text: str) -> None:
    (subject,) = subjects(f"{text}\n(\ndef up(k=5, s=3):\n    return {UP}")
    assert _geometry(subject) == (5, 3)


@pytest.mark.parametrize(
    "text",
    [
        f"k, s = 5, 3\ndef up(k, s):\n    return {UP}",
        f"def other():\n    k, s = 5, 3\ndef up():\n    return {UP}",
        f"k, s = 5, 3\nif wide:\n    k += 1\n    s = 4\n{UP}",
        f"k, s = [5, 3]\n{UP}\ndef up():\n    global k, s\n    k, s = 4, 2",
        f"def up(k=5, s=3):\n    if k > 4:\n        k, s = 4, 2\n    return {UP}",
        "class A:\n    k, s = 5, 3\nclass B:\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.k, self.s)",
        f"def up(k, s):\n    return {UP}\nup(*sizes)",
    ],
)
def test_names_stand_for_nothing_where_they_may_be_other_things(text: str) -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects(text)
    assert {name.removeprefix("self.") for name in asked.value.names} == {"k", "s"}


@pytest.mark.parametrize(
    "text",
    [
        f"for k, s in [(4, 2), (6, 3)]:\n    net.append({UP})",
        f"def up(ks=(4, 6), ss=(2, 3)):\n    return [{UP} for k, s in zip(ks, ss)]",
        f"def up(ks=(4, 6)):\n    for i in range(len(ks)):\n        k = ks[i]\n"
        f"        s = k // 2\n        net.append({UP})",
        f"for i, (k, s) in enumerate(zip([4, 6], [2, 3])):\n    net.append({UP})",
        f"def up(k, s):\n    return {UP}\nup(4, 2)\nup(6, 3)",
        f"def up(k=4, s=5):\n    return {UP}\nup(s=2)\nup(6, 3)",
        "class Up:\n    def __init__(self, k=4, s=2):\n        self.k, self.s = k, s\n"
        "    def up(self):\n        return nn.ConvTranspose2d(6, 3, self.k, self.s)\n"
        "a = Up()\nb = Up(6, s=3)",
    ],
)
def test_what_is_made_several_times_is_several_calls(text: str) -> None:
    first, second = subjects(text)
    assert (_geometry(first), _geometry(second)) == ((4, 2), (6, 3))
    assert any("the text makes it with" in note for note in first.notes)


@pytest.mark.parametrize(
    "text",
    [
        f"def a(k=4, s=2):\n    return {UP}\ndef b(k=3, s=1):\n    return a(k, s)\nb(5, 3)",
        f"def a(k, s):\n    return {UP}\ndef b(m, n=1):\n    return a(m, n)\n"
        "def c(n):\n    return b(5, n)\nc(3)",
        f"class A:\n    def __init__(self, k=4, s=2):\n        self.up = {UP}\nclass B:\n"
        "    def __init__(self, k=3):\n        self.a = A(k, 3)\nB(k=5)",
        f"class A:\n    def __init__(self, k=4, s=3):\n        self.up = {UP}\n"
        "class B(A):\n    pass\nclass C(B):\n    pass\nC(k=5)",
        f"class A:\n    def __init__(self, k=4, s=2):\n        self.up = {UP}\n"
        "class B(A):\n    def __init__(self, k):\n        super().__init__(k, s=3)\nB(5)",
        "class A(nn.Module):\n    k: int = 4\n    s: int = 3\n    def __call__(self, x):\n"
        "        return nn.ConvTranspose2d(6, 3, self.k, self.s)\nclass B(A):\n    pass\nB(k=5)",
        "class A(nn.Module):\n    k: int = 4\n    s: int = 3\n    def __call__(self, x):\n"
        "        return nn.ConvTranspose2d(6, 3, self.k, self.s)\nA(k=5)",
        "class A(nn.Module):\n    k: int\n    s: int = 4\n    def setup(self):\n"
        "        self.up = nn.ConvTranspose2d(6, 3, self.k, self.s)\nA(5, 3)",
    ],
)
def test_what_is_handed_is_followed_through_several_functions(text: str) -> None:
    (subject,) = subjects(text)
    assert _geometry(subject) == (5, 3)


@pytest.mark.parametrize(
    "body",
    [
        "    if last:\n        return nn.ConvTranspose2d(6, 3, k + 1, 3)\n"
        "    return nn.ConvTranspose2d(6, 3, k, 2)\n",
        "    if last == False:\n        up = nn.ConvTranspose2d(6, 3, k, 2)\n"
        "    else:\n        up = nn.ConvTranspose2d(6, 3, k + 1, 3)\n    return up\n",
        "    if not last:\n        return nn.ConvTranspose2d(6, 3, k, 2)\n"
        "    elif k < 4:\n        return None\n    return nn.ConvTranspose2d(6, 3, k + 1, 3)\n",
    ],
)
def test_a_branch_is_read_for_the_calls_that_take_it(body: str) -> None:
    text = f"def up(k=4, last=False):\n{body}up()\nup(5, last=True)"
    assert {_geometry(each) for each in subjects(text)} == {(4, 2), (6, 3)}


def test_a_branch_that_no_call_takes_is_read_and_said_to_be_none() -> None:
    text = f"def up(k, s, last=False):\n    if last:\n        return {UP}\nup(4, 2)"
    (subject,) = subjects(text)
    assert subject.notes[-1] == (
        "the text makes it with k = 4, s = 2, last = False, which does not run it"
    )


def test_a_branch_whose_condition_is_changed_or_not_known_may_be_taken() -> None:
    for change in ("last = deep", "if k > 2:\n        last = True"):
        body = f"    {change}\n    if last:\n        return {UP}\n    return {UP}"
        text = f"def up(k=4, s=2, last=False):\n{body}\nup(5, 3)\nup(4, 2)"
        assert [_geometry(each) for each in subjects(text)] == [(5, 3), (4, 2)] * 2


def test_an_heir_with_the_same_value_leaves_it_known() -> None:
    up = (
        "class Up:\n    k = 5\n    def up(self):\n        return nn.ConvTranspose2d(6, 3, self.k)\n"
    )
    (subject,) = subjects(f"{up}class Wide(Up):\n    k = 5")
    assert _geometry(subject) == (5, 1)


def test_a_function_that_calls_itself_is_read() -> None:
    text = f"def up(k, s):\n    up(k, s)\n    up(s, k)\n    return {UP}\nup(4, 2)"
    assert (4, 2) in [_geometry(each) for each in subjects(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"k, s = 4, 2\nk += 1\ns = 3\n{UP}",
        f"k = 4; s = 3; k = 5; {UP}",
        f"k, s = 3, 5\nk, s = s, k\n{UP}",
        f"k, s = 5, 3\n{UP}\nk, s = 4, 2",
        f"def up(k, s):\n    k = k + 1\n    return {UP}\nup(4, 3)",
        "h = [3, 5]\nh.reverse()\nnn.ConvTranspose2d(6, 3, h[0], h[1])",
        "h = [5]\nh.append(3)\nnn.ConvTranspose2d(6, 3, *h)",
        "h = [7, 5, 9]\nh.extend([3])\nh.sort()\nnn.ConvTranspose2d(6, 3, h[1], h[0])",
        "h = [4, 3, 9]\nh[0] = 5\nh.pop()\nnn.ConvTranspose2d(6, 3, *h)",
        "h = [5, 3]\nnn.ConvTranspose2d(6, 3, *h)\nh.reverse()",
        "c = dict(k=4)\nc['k'] = 5\nc.update(s=3)\nnn.ConvTranspose2d(6, 3, c['k'], c['s'])",
        "class C:\n    k, s = 5, 4\nC.s = 3\nnn.ConvTranspose2d(6, 3, C.k, C.s)",
        "c = {'up': {'k': 3}}\nc['up']['k'] = 5\nc['up'].update(s=3)\n"
        "nn.ConvTranspose2d(6, 3, c['up']['k'], c['up']['s'])",
        "class C:\n    k, s = 4, 3\nsetattr(C, 'k', 5)\nnn.ConvTranspose2d(6, 3, C.k, C.s)",
        "h = [3, 5]\nh.reverse()\ndef up():\n    return nn.ConvTranspose2d(6, 3, h[0], h[1])",
    ],
)
def test_what_is_changed_line_by_line_is_what_it_is_in_the_calls_line(text: str) -> None:
    (subject,) = subjects(text)
    assert _geometry(subject) == (5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "h = [3, 5]\nif turned:\n    h.reverse()\nnn.ConvTranspose2d(6, 3, h[0])",
        "h = [3, 5]\nh.insert(0, 4)\nnn.ConvTranspose2d(6, 3, h[0])",
        "h = [3, 5]\nrandom.shuffle(h)\nnn.ConvTranspose2d(6, 3, h[0])",
        "h = [3, 5]\ng = h\ng.reverse()\nnn.ConvTranspose2d(6, 3, h[0])",
        "h = [3, 5]\ndef turn():\n    h.reverse()\nnn.ConvTranspose2d(6, 3, h[0])",
        "h = [3, 5]\ndef up():\n    return nn.ConvTranspose2d(6, 3, h[0])\nh.reverse()",
        "class Up:\n    h = [3]\n    def up(self):\n        self.h.append(4)\n"
        "        return nn.ConvTranspose2d(6, 3, self.h[0])",
        "class Up:\n    h = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.h)\nUp.h = 5",
        "class Up:\n    h = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.h)\nup = Up()\nup.h = 5",
        "class Up:\n    h = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.h)\nclass Wide(Up):\n    h = 5",
        "def turn(h):\n    h.reverse()\ng = [3, 5]\nturn(g)\nnn.ConvTranspose2d(6, 3, g[0])",
        "h = [3, 5]\nlist.reverse(h)\nnn.ConvTranspose2d(6, 3, h[0])",
        "class Up:\n    h = 3\n    def up(self):\n"
        "        return nn.ConvTranspose2d(6, 3, self.h)\nsetattr(Up, 'h', 5)",
        "for h in [[3, 5]]:\n    h[0] = 4\n    nn.ConvTranspose2d(6, 3, h[0])",
    ],
)
def test_what_is_changed_and_not_followed_is_asked_for(text: str) -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects(text)
    assert len(asked.value.names) == 1


def test_a_layer_whose_size_is_set_once_it_is_made_is_refused() -> None:
    text = "class Net:\n    def __init__(self):\n        self.up = nn.ConvTranspose2d(6, 3, 4)\n"
    with pytest.raises(Unreadable, match=r"line 5 sets net\.up\.stride once the layer is made"):
        subjects(text + "net = Net()\nnet.up.stride = (2, 2)")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f"def up(k=4, s=2):\n    return {UP}", "by the function's own defaults k = 4, s = 2"),
        (
            f"def up(k=4, s=2):\n    return {UP}\nup(k=options.k)",
            "by the function's own defaults k = 4, s = 2; the text's own calls hand it what is not "
            "known here",
        ),
        (f"def up(k, s=2):\n    return {UP}\nup(4)", "the text makes it with k = 4, s = 2"),
        (
            "def up(a, k=4, s=2):\n    return nn.ConvTranspose2d(a, 3, k, s)",
            "by the function's own defaults k = 4, s = 2",
        ),
    ],
)
def test_defaults_are_said_and_go_behind_what_the_text_hands(text: str, note: str) -> None:
    (subject,) = subjects(text)
    assert _geometry(subject) == (4, 2)
    assert subject.notes[-1] == note


def test_a_default_that_a_name_is_given_by_hand_is_not_said() -> None:
    (subject,) = subjects(f"def up(k=5, s=2):\n    return {UP}", names={"k": 4})
    assert _geometry(subject) == (4, 2)
    assert subject.notes[-1] == "by the function's own default s = 2"


def test_a_tensor_of_the_same_name_elsewhere_is_not_the_input() -> None:
    text = "x = torch.zeros(1, 6, 9, 9)\ndef up(x, w):\n    return F.conv_transpose2d(x, w)"
    (subject,) = subjects(text, w=(6, 3, 4, 4))
    assert subject.case.x_shape[2:] == (5, 5)
    call = "class A:\n    def f(self, x):\n        self.up = nn.ConvTranspose2d(6, 3, 4, 2)\n"
    other = "class B:\n    def f(self, x):\n        self.up(x, output_size=(13, 13))\n"
    assert [each.case.y_shape()[2:] for each in subjects(call + other)] == [(12, 12)]


@pytest.mark.parametrize(
    ("padding", "y"),
    [('"SAME"', (10, 10)), ('"VALID"', (12, 12)), ("[[0, 0], [1, 1], [1, 1], [0, 0]]", (10, 10))],
)
def test_an_output_shape_that_is_open_is_assumed_as_the_input_is(
    padding: str, y: tuple[int, ...]
) -> None:
    text = f"tf.nn.conv2d_transpose(x, w, shape, strides=[1, 2, 2, 1], padding={padding})"
    (subject,) = subjects(text, w=(6, 3, 4, 4))
    assert subject.case.y_shape()[2:] == y
    assert "x" in subject.assumed
    assert any("is assumed" in note for note in subject.notes)


def test_the_size_is_said_in_the_texts_own_names_where_they_are_open() -> None:
    text = "nn.ConvTranspose1d(8, 4, k, u, padding=(k - u) // 2)"
    with pytest.raises(NamesOpen, match=r"Y is u \* \(input - 1\) \+ k - 2 \* \(\(k - u\) // 2\)"):
        subjects(text)
    keras = 'Conv2DTranspose(8, k, strides=s, padding="same")'
    with pytest.raises(NamesOpen, match=r"Y is input \* s on each axis"):
        subjects(keras)


@pytest.mark.parametrize(("target", "attributes"), [(13, (1, 1)), (12, (1, 0)), (9, (3, 1))])
def test_mxnet_makes_a_target_shape_of_pads_and_adj(
    target: int, attributes: tuple[int, int]
) -> None:
    pad, adj = attributes
    text = f"mx.sym.Deconvolution(x, kernel=(6, 6), stride=(2, 2), target_shape=({target}, "
    (subject,) = subjects(text + f"{target}), pad=(9, 9), num_filter=3)")
    own = subject.case.attributes
    assert subject.case.y_shape()[2:] == (target, target)
    assert ((own.pads or (0,))[0], (own.output_padding or (0,))[0]) == (pad, adj)


def test_what_wraps_around_and_what_is_made_elsewhere_is_refused_in_words() -> None:
    with pytest.raises(Unreadable, match="no ConvTranspose wraps"):
        subjects('nn.ConvTranspose(8, (3, 3), padding="CIRCULAR")')
    with pytest.raises(Unreadable, match="what another line makes"):
        subjects("x = self.conv1d_transpose(x)")


def test_a_table_says_in_which_rows_sizes_are_assumed() -> None:
    layers = ["nn.ConvTranspose2d(c, m, 3)", "nn.ConvTranspose2d(6, 3, 4)"]
    text = "\n".join([*layers, f"{layers[1]}  # on 1x6x8x8 input"])
    table = overview_text("-", subjects(text), in_full=True)
    said = " ".join(table.split())
    assert "assumed, since nothing states them: the input's sizes in 1, 2; channels in 1" in said
    known = overview_text("-", subjects(f"{layers[1]}  # on 1x6x8x8 input"), in_full=True)
    assert "assumed" not in known
