"""Resize, then Conv, in place of a ConvTranspose whose outputs add unequally many taps (Odena et
al., "Deconvolution and Checkerboard Artifacts", 2016)."""

from convtranspose_cases import Case

from ..geometry.window import axis_name, unless, windows
from .snippet import Code, call_source, keywords


def resize_convolution(case: Case) -> Code | None:
    """Nearest-neighbour resize to Y's size, then Conv, which keeps it: no overlap at all.

    Even kernels grow by 1, so that Conv pads both ends alike. None beyond three spatial axes, for
    bfloat16, and where X or Y is empty, which Upsample refuses.
    """
    shape = case.y_shape()
    if case.rank > 3 or case.dtype == "bfloat16" or 0 in shape or 0 in case.x_shape:
        return None
    kernel = tuple(a.kernel if a.kernel % 2 else a.kernel + 1 for a in case.axes)
    given = [str(case.x_shape[1]), str(case.maps), str(kernel)]
    given += keywords(
        padding="same",
        dilation=unless(tuple(a.dilation for a in case.axes), 1),
        groups=case.group if case.group > 1 else None,
        bias=None if case.bias else False,
    )
    conv = call_source(f"torch.nn.Conv{case.rank}d", given).replace("\n", "\n    ")
    lines = (
        "import torch",
        "",
        *_repeated(case),
        "resize_convolution = torch.nn.Sequential(",
        f'    torch.nn.Upsample(size={shape[2:]}, mode="nearest"),',
        f"    {conv},",
        ").to(torch.from_numpy(X).dtype)",
        "Y = resize_convolution(torch.from_numpy(X)).detach().numpy()",
    )
    return Code(
        title="Resize, then Conv (PyTorch; its weights are trained anew)",
        framework="torch",
        lines=lines,
    )


def _repeated(case: Case) -> list[str]:
    """A comment for each axis whose output is no multiple of its input."""
    sizes = ((n, w.axis.input, w.size) for n, w in enumerate(windows(case)))
    return [
        f"# {axis_name(n)}: {size} is no multiple of {own}: the resize repeats some inputs more "
        "often"
        for n, own, size in sizes
        if size % own
    ]
