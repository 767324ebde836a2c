"""A formula's rivals: others that say the same of what was measured, and where they do not."""

from convtranspose_conformance.measuring.rivals import told_apart

MEASURED = [{"g": g, "group": G, "maps_per_group": 1, "m": g} for G in (2, 3) for g in range(G)]
NEXT = [(row["g"] + 1) % row["group"] for row in MEASURED]


def test_a_constant_is_told_from_a_quantity_that_was_the_same_so_far() -> None:
    telling = {"g": 0, "group": 3, "maps_per_group": 2, "m": 1}
    silent = {"g": 0, "group": 2, "maps_per_group": 1, "m": 0}
    apart = told_apart("(g + maps_per_group) % group", MEASURED, NEXT, [telling, silent])
    assert apart[:, 0].any()
    assert not apart[:, 1].any()


def test_what_says_something_else_of_what_was_measured_is_no_rival() -> None:
    other = {"g": 1, "group": 5, "maps_per_group": 1, "m": 1}
    apart = told_apart("(g + 1) % group", MEASURED[:1], NEXT[:1], [other])
    more = told_apart("(g + 1) % group", MEASURED, NEXT, [other])
    assert len(more) < len(apart) or not apart.any()


def test_a_quantity_that_was_0_so_far_is_told_from_one_that_is_left_out() -> None:
    measured = [{"pad_end": end, "output_padding": 0, "stride": 1 + end % 2} for end in range(5)]
    telling = {"pad_end": 3, "output_padding": 1, "stride": 2}
    silent = {"pad_end": 3, "output_padding": 0, "stride": 2}
    values = [max(row["pad_end"], 1) for row in measured]
    apart = told_apart("max(1, pad_end)", measured, values, [telling, silent])
    assert apart[:, 0].any()
    assert not apart[:, 1].any()
