"""Negative pads, as converters write them: which zeros are meant, and which attribute says them."""

from dataclasses import replace

from convtranspose_cases import Case

SAYS = (
    "pads: values are greater than or equal to 0; what a negative one means, the text does not say"
)


def has_negative_pads(case: Case) -> bool:
    """Is it pads below 0 that the text forbids?"""
    refused = case.refusal()
    pads = case.attributes.pads or ()
    return refused is not None and refused.attribute == "pads" and min(pads, default=0) < 0


def meant(case: Case) -> Case | None:
    """The legal call that adds zeros at the end where pads below 0 would: output_padding says them.
    None where zeros are meant at the begin, or more than output_padding takes."""
    given, rank = case.attributes, case.rank
    pads = given.pads or ()
    if len(pads) != 2 * rank or min(pads[:rank]) < 0:
        return None
    extra = given.output_padding or (0,) * rank
    if len(extra) != rank:
        return None
    more = tuple(o + max(-end, 0) for o, end in zip(extra, pads[rank:], strict=True))
    zero_or_more = (*pads[:rank], *(max(end, 0) for end in pads[rank:]))
    pads_left = zero_or_more if any(zero_or_more) else None
    found = replace(case, attributes=replace(given, pads=pads_left, output_padding=more))
    return None if found.refusal() else found


def advice(case: Case) -> str:
    """What to write instead, as a sentence."""
    instead = meant(case)
    if instead is not None:
        return (
            f"zeros at the end are output_padding's: {instead.attributes.text()} gives "
            f"Y{list(instead.y_shape())}"
        )
    return (
        "zeros at the begin, or more at the end than output_padding takes, no attribute says: pads "
        "of 0 there, and a Pad node behind the ConvTranspose"
    )
