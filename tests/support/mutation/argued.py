"""Why each mutant that cosmic-ray makes and no case of `seeds` and `core` fails may live."""

HOOK = (
    "The hook is None in TEXT, so this line does nothing there: it serves named readings, which "
    "the declared backends hold to account."
)
HUGE = (
    "Only moves the limit of 2**62 elements, which keeps absurd shapes from NumPy: no output "
    "near it fits into a memory."
)
LARGER = (
    "A larger canvas holds zeros where nothing lands, and the window puts zeros beyond the "
    "canvas anyway."
)
STRICT = "The sequences always have one element for each spatial axis."
OLD = "No text lies between opset 1 and 11, so no case has another opset below 11."

EQUIVALENT = {
    "split: if total < -> if not total <": HOOK,
    "split: if total < 0 and total -> if total < 1 and total": HOOK,
    "split: if total < 0 and total -> if total < -1 and total": HOOK,
    "split: and total % 2 and rules -> and total % 3 and rules": HOOK,
    "split: and total % 2 and rules -> and total % 1 and rules": HOOK,
    **{
        f"split: 0 and total % 2 and -> 0 and total {sign} 2 and": HOOK
        for sign in ("+", "-", "*", "/", "//", "**")
    },
    **{
        f"split: 0 and total % 2 and -> 0 and total {sign} 2 and": HOOK
        for sign in ("<<", ">>", "&", "|", "^")
    },
    **{
        f"split: if total < 0 and -> if total {sign} 0 and": HOOK
        for sign in ("==", "!=", ">", ">=", "<=")
    },
    "pads_of: total) if total < -> total) if not total <": HOOK,
    "pads_of: if total < 0 and negative -> if total < 1 and negative": HOOK,
    "pads_of: if total < 0 and negative -> if total < -1 and negative": HOOK,
    **{
        f"pads_of: ) if total < 0 and -> ) if total {sign} 0 and": HOOK
        for sign in ("==", "!=", ">", ">=", "<=")
    },
    "pads_of: not None and not axis. -> not None and  axis.": HOOK,
    "refuse: , refuses in rules.refuses: -> , refuses in []:": HOOK,
    "extra_at_begin: .opset < 11 and axis -> .opset < 10 and axis": OLD,
    "same_size: .opset < 11 else axis -> .opset < 10 else axis": OLD,
    'extra_at_begin: != "SAME_UPPER") != inverted -> != "SAME_UPPER") is not '
    "inverted": "Both sides are bools, of which there are two.",
    'extra_at_begin: axis.auto_pad != "SAME_UPPER") -> axis.auto_pad is not '
    '"SAME_UPPER")': "Literals on both sides: one object.",
    "placed: (size, 1) for -> (size, 2) for": HUGE,
    "placed: (size, 1) for -> (size, 0) for": HUGE,
    "placed: sizes) > 2**62 -> sizes) > 3**62": HUGE,
    "placed: > 2**62: -> > 2** 63:": HUGE,
    "placed: > 2**62: -> > 2** 61:": HUGE,
    "placed: ) > 2**62: -> ) > 2<<62:": HUGE,
    **{f"placed: in sizes) > 2** -> in sizes) {sign} 2**": HUGE for sign in ("==", ">=", "is")},
    **{
        f"placed: .{size}, 1) * -> .{size}, {other}) *": HUGE
        for size in ("batch", "maps")
        for other in (0, 2)
    },
    **{
        f"placed: , 1) * {function}( -> , 1) {sign} {function}(": HUGE
        for function in ("max", "prod")
        for sign in ("+", "-", "/", "//", "%", ">>", "&", "|", "^")
    },
    "placed: , 1) * max( -> , 1) ** max(": HUGE,
    "placed: if rules. -> if not rules.": HOOK,
    **{
        "unplaced: none = (0,) -> none = ( "
        f"{sign}1,)": "Pads before any rule has placed the call: `placed` sets them."
        for sign in ("", "-")
    },
    "Geometry.reach: .input - 1, 0 -> .input - 0, 0": LARGER,
    "Geometry.reach: - 1, 0) + -> - 1, 1) +": LARGER,
    **{
        f"Geometry.reach: a.input - 1, -> a.input {sign} 1,": LARGER
        for sign in ("+", "|", "^", "//", "<<", "*", "**")
    },
    "window: if extents == sizes and -> if extents is sizes and": "The same numbers by the longer "
    "way: a copy of the canvas.",
    "window: extent), 0) -> extent), "
    "1)": "Left of the canvas the target is empty: one element broadcast into nothing.",
    "window: extent), 0) -> extent), "
    "-1)": "The stop is raised to the start, which is at least 0, two lines further down.",
    "add_bias: 1, -1, * -> 1, - 2, "
    "*": "NumPy's reshape takes any negative size as the one to be worked out.",
    "add_bias: (1, -1, -> (1, ~1,": "The same: ~1 is -2.",
    "Geometry.spatial: , strict=True) -> , strict=False)": STRICT,
    "axes_of: strict=True, -> strict=False,": STRICT,
    "window: , strict=True): -> , strict=False):": STRICT,
}

# Not equivalent, and no case of `seeds` and `core` asks: those hold legal calls of finite numbers
# alone, but for a size of -1, which is open (clause R).
NOT_ASKED = {
    "_below_max: axis.output_padding < limit else -> axis.output_padding is not limit "
    "else": "accepts an output_padding above the limit",
    "_below_max: axis.output_padding < limit else -> axis.output_padding <= limit "
    "else": "accepts an output_padding at the limit",
    "_below_max: axis.output_padding < limit else -> axis.output_padding != limit "
    "else": "accepts an output_padding above the limit",
    "scatter: if pays( -> if not pays(": "makes small outputs phase by phase, too, which turns an "
    "infinity of W into NaN beside X: `special` asks that",
    "placed: sizes) < 0: -> sizes) < -1:": "leaves it to NumPy to refuse a size of -1",
    **{
        f"check_types: array.dtype != X. -> array.dtype {sign} X.": "accepts tensors of two types"
        for sign in ("<", ">", "is not")
    },
    'check_types: , array in (("W", W), ("B", B)): -> , array in '
    "[]:": "accepts tensors of two types",
}

# These conform, but by another reading of an open clause than the text's: a run's records and page
# name it, and so tell them apart.
READ_OTHERWISE = {
    "Geometry.reach: - 1, 0) + -> - 1, -1) +": "R",
    "placed: sizes) < 0: -> sizes) < 1:": "R",
    "placed: (sizes) < 0: -> (sizes) == 0:": "R",
    "placed: (sizes) < 0: -> (sizes) <= 0:": "R",
    "extra_at_begin: .output_shape is not None -> .output_shape is None": "A",
    'extra_at_begin: != "SAME_UPPER") != inverted -> != "SAME_UPPER") > inverted': "A",
}
