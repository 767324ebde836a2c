import pytest

from convtranspose_cases import make
from convtranspose_cases.notation import parse
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.rules.predicate import Predicate, PredicateError, statements_of
from convtranspose_conformance.verdict.deviation_files import declared

CASE = make(
    "hand", (4, 3), (3, 2), c=4, m=6, group=2, strides=(2, 3), auto_pad="SAME_UPPER", bias=True
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("group > 1 and bias", True),
        ("C // group == M // group", False),
        ("any([k < s for k, s in zip(kernel, strides)])", True),
        ("sum(k % s for k, s in zip(kernel, strides)) - rank == 1", True),
        ("auto_pad in ('SAME_UPPER', 'SAME_LOWER') and len(output_shape) == 0", True),
        ("max(pads, default=1) > 0 or input[0] < 4", False),
        ("[x for x in input if x > rank] != [] and not -rank > 0", True),
    ],
)
def test_says_what_holds(text: str, expected: bool) -> None:
    assert Predicate(text)(CASE) is expected


@pytest.mark.parametrize(
    "text",
    [
        "(1).__class__ == 1",
        "dtype.upper() == 'X'",
        "{d for d in dilations} == {1}",
        "2 ** 10 ** 10 > 0",
        "(lambda: True)()",
        "[f(1) for f in [max]] == f'{rank}'",
        "any(x := [1])",
    ],
)
def test_more_than_a_predicate_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(PredicateError, match=r"more than a predicate may say; functions: any, all"):
        Predicate(text)


@pytest.mark.parametrize(
    "statements",
    [
        [],
        ["rank == 2"],
        ["rank == 2", "not (group > 1 and bias)", "any([s > 1 and s < 4 for s in strides])"],
        ["(rank == 1 or bias)", "dtype == 'float16'"],
    ],
)
def test_an_expression_is_taken_apart_as_it_was_joined(statements: list[str]) -> None:
    assert statements_of(" and ".join(statements)) == statements


def test_unknown_names_say_what_is_known() -> None:
    with pytest.raises(PredicateError, match=r"unknown __import__, name; known: .*auto_pad"):
        Predicate("__import__(name)")
    with pytest.raises(PredicateError, match="is no expression"):
        Predicate("group >")


def test_a_predicate_that_fails_on_a_case_names_both() -> None:
    with pytest.raises(PredicateError, match=r"'pads\[9\] > 0' fails on hand/x_4_3"):
        Predicate("pads[9] > 0")(CASE)


def test_every_declaration_can_be_asked() -> None:
    assert all(isinstance(d.when(CASE), bool) for d in declared(registered()))


def test_every_declaration_can_be_asked_of_a_list_without_values() -> None:
    for name in ("strides", "dilations", "pads", "output_padding", "output_shape", "kernel_shape"):
        case = parse(f"call/x_1_1_4_4_w_1_1_3_3_{name}_plain")
        for d in declared(registered()):
            assert d.concerns(case, "rejection") in (True, False), d.id
