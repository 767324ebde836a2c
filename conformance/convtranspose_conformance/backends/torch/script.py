"""PyTorch's calls as script lines, as its adapter makes them."""

from typing import Any

from ..api import Call
from ..entry import Entry
from ..script import (
    SHOWN_SHAPE,
    SHOWN_Y,
    Lines,
    Name,
    Script,
    Stenographer,
    given_names,
    quoted,
    shown,
    undone,
)
from .adapter import CUDNN_MODES, Torch, arguments
from .compiled import WrittenCompiled
from .interpolate import interpolation, upscale_factor


def torch_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The operator on its device, its gradients where the call has a dY, or its shape on the meta
    device."""
    return _written(Torch, entry, call, static)


def compiled_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The same of what `torch.compile` makes of the operator."""
    return _written(WrittenCompiled, entry, call, static)


def _written(kind: type[Torch], entry: Entry, call: Call, static: bool) -> Script:
    """The adapter writes its calls down instead of making them."""
    adapter = object.__new__(kind)
    stands: Any = Stenographer("torch.nn.functional")
    adapter._functional = stands
    device, tf32 = str(entry.arguments[0]), any(entry.arguments[1:])
    flags = [
        f"torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = {tf32}"
    ] * (device != "cpu")
    lines, shows = _stated(adapter, call) if static else _computed(adapter, call, device)
    return Script(
        imports=["import torch"],
        settings=["torch.set_num_threads(1)", *flags],
        call=lines,
        version="torch.__version__",
        shows=shows,
        forms={} if static or call.dY is not None else _forms(adapter, call, device),
    )


def _stated(adapter: Torch, call: Call) -> tuple[Lines, tuple[str, ...]]:
    return [
        *_tensors(call, '.to("meta")'),
        *_applied(adapter, call),
        "Y_shape = list(y.shape)",
    ], SHOWN_SHAPE


def _computed(adapter: Torch, call: Call, device: str) -> tuple[Lines, tuple[str, ...]]:
    there, back = _there(device), _back(call, device)
    if call.dY is None:
        return [*_tensors(call, there), *_applied(adapter, call), f"Y = y.{back}"], SHOWN_Y
    gradients = [f"d{name}" for name in given_names(call)]
    lines = [
        *_tensors(call, f"{there}.requires_grad_()"),
        *_applied(adapter, call),
        f"dy = {read(call, 'dY')}{there}",
        f"gradients = torch.autograd.grad(y, ({', '.join(_variables(call))}), dy)",
        f"{', '.join(gradients)} = (g.{back} for g in gradients)",
    ]
    return lines, shown(*gradients)


def _forms(adapter: Torch, call: Call, device: str) -> dict[str, Lines]:
    strided = _tensors(call, f"{_there(device)}[..., ::2]", "np.repeat(a, 2, axis=-1)")
    last = f"contiguous(memory_format=torch.channels_last{'_3d' * (call.rank == 3)})"
    tensors = {"strided views": strided} | (
        {"channels_last": [*_tensors(call, _there(device)), f"x, w = x.{last}, w.{last}"]}
        if call.rank > 1
        else {}
    )
    forms = {
        name: [*lines, *_applied(adapter, call), f"Y = y.{_back(call, device)}"]
        for name, lines in tensors.items()
    }
    return forms if device == "cpu" else forms | _modes(adapter, call, device)


def _modes(adapter: Torch, call: Call, device: str) -> dict[str, Lines]:
    """The call in each of cuDNN's modes."""
    lines, _ = _computed(adapter, call, device)
    modes = {mode: f"torch.backends.cudnn.{mode}" for mode in CUDNN_MODES}
    return {
        f"cudnn.{mode}": [f"{flag} = True", *undone(lines, f"{flag} = False")]
        for mode, flag in modes.items()
    }


def _there(device: str) -> str:
    return "" if device == "cpu" else f".to({quoted(device)})"


def _back(call: Call, device: str) -> str:
    numbers = (
        "view(torch.int16).numpy().view(ml_dtypes.bfloat16)"
        if call.dtype == "bfloat16"
        else "numpy()"
    )
    return numbers if device == "cpu" else f"cpu().{numbers}"


def _variables(call: Call) -> Lines:
    return [name.lower() for name in given_names(call)]


def _tensors(call: Call, then: str, array: str = "a") -> Lines:
    """Lines that make a tensor of each array a, or of an expression of it, and do something with
    that tensor."""
    return [
        f"arrays = ({', '.join(given_names(call))})",
        f"{', '.join(_variables(call))} = ({read(call, array)}{then} for a in arrays)",
    ]


def read(call: Call, array: str) -> str:
    """An array as a tensor."""
    bits = f"torch.from_numpy({array}.view(np.int16)).view(torch.bfloat16)"
    return bits if call.dtype == "bfloat16" else f"torch.from_numpy({array})"


def _applied(adapter: Torch, call: Call) -> Lines:
    """Lines that make y of x and w: `interpolate` before and `pixel_shuffle` after the operator."""
    lines = [_operator(adapter, call)]  # first: it knows what cannot be said
    functional: Any = adapter._functional
    if call.resize is not None:
        said = functional.interpolate(Name("x"), **interpolation(call, call.resize))
        lines.insert(0, f"x = {said}")
    if call.depth_to_space is not None:
        factor = upscale_factor(call, call.depth_to_space)
        lines.append(f"y = {functional.pixel_shuffle(Name('y'), factor)}")
    return lines


def _operator(adapter: Torch, call: Call) -> str:
    """The line that makes y."""
    given = [*map(Name, _variables(call)), *[None] * (call.B is None)]
    return f"y = {adapter._operator(call)(*given, **arguments(call))}"
