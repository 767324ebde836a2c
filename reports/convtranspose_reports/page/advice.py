"""What to do instead, by what a finding is about."""

import re

from convtranspose_reports.runs.record import Check, Finding

# a word of the rule, the name or the condition -> advice; the first that is met
_BY_RULE = (
    (r"\b(A|B|C|D|E|F|G|J):", "Write the pads out: with explicit pads and output_padding, and a "
     "Pad node or a slice where these cannot say it, all implementations agree."),
    (r"\bK:", "Keep output_padding below the stride."),
    (r"accumulates in dtype|16.bit", "Convert to float32, compute, and round once at the end."),
    (r"subnormal", "Scale the numbers so that none is below the smallest normal one."),
    (r"rank_cut|small_output_shape", "State Y's shape in the model: inference does not reach it."),
    (r"\bspecial\b", "Keep NaN and infinities out of X and W, or mask what they may reach."),
    (r"\bgroup (?!== 1\b)|\bgroups\b|_group",
     "Split the groups into calls of their own, and concatenate."),
    (r"dilations?\b", "Write the kernel out, with the dilation's zeros between its taps."),
    (r"\b0 in input\b|\bC == 0\b|without_channels|empty", "Keep empty tensors away from the call: "
     "the answer is zeros, or the bias."),
    (r"float64|bfloat16|float16", "Convert to float32, compute, and convert back."),
)  # fmt: skip


def advice(finding: Finding) -> str:
    """One sentence; "" where nothing general can be said."""
    if finding.check is Check.REJECTION:
        return "Check the call before: the text forbids it, and what comes back means nothing."
    said = f"{finding.name} {finding.id.rpartition('/')[2]} {finding.where}"
    return next((says for word, says in _BY_RULE if re.search(word, said)), "")
