"""PyTorch's calls as script lines, as its adapter makes them."""

from typing import Any

from ..backend import Call
from ..backends import Entry
from ..backends.torch import Torch, arguments
from .script import ANSWER, STATED, Name, Script, Stenographer, given_names, quoted


def torch_script(entry: Entry, call: Call, static: bool) -> Script:
    """The operator on its device, its gradients where the call has a dY, or its shape on the meta device."""
    device, tf32 = entry.arguments[0], any(entry.arguments[1:])
    flags = [f"torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = {tf32}"] * (device != "cpu")
    lines, shows = _stated(call) if static else _computed(call, device)
    return Script(
        imports=["import torch"],
        settings=["torch.set_num_threads(1)", *flags],
        call=lines,
        version="torch.__version__",
        shows=shows,
    )


def _stated(call: Call) -> tuple[list[str], tuple[str, ...]]:
    return [*_tensors(call, '.to("meta")'), _operator(call), "Y_shape = list(y.shape)"], STATED


def _computed(call: Call, device: str) -> tuple[list[str], tuple[str, ...]]:
    there, here = ("", "") if device == "cpu" else (f".to({quoted(device)})", "cpu().")
    back = "view(torch.int16).numpy().view(ml_dtypes.bfloat16)" if call.dtype == "bfloat16" else "numpy()"
    if call.dY is None:
        return [*_tensors(call, there), _operator(call), f"Y = y.{here}{back}"], ANSWER
    gradients = [f"d{name}" for name in given_names(call)]
    lines = [
        *_tensors(call, f"{there}.requires_grad_()"),
        _operator(call),
        f"dy = {_read(call, 'dY')}{there}",
        f"gradients = torch.autograd.grad(y, ({', '.join(_variables(call))}), dy)",
        f"{', '.join(gradients)} = (g.{here}{back} for g in gradients)",
    ]
    return lines, tuple(gradients)


def _variables(call: Call) -> list[str]:
    return [name.lower() for name in given_names(call)]


def _tensors(call: Call, then: str) -> list[str]:
    """Lines that make a tensor of each array, and do something with it."""
    return [f"arrays = ({', '.join(given_names(call))})", f"{', '.join(_variables(call))} = ({_read(call, 'a')}{then} for a in arrays)"]


def _read(call: Call, array: str) -> str:
    bits = f"torch.from_numpy({array}.view(np.int16)).view(torch.bfloat16)"
    return bits if call.dtype == "bfloat16" else f"torch.from_numpy({array})"


def _operator(call: Call) -> str:
    """The line that makes y."""
    adapter = object.__new__(Torch)
    module: Any = Stenographer("torch.nn.functional")
    adapter._functional = module
    return f"y = {adapter._operator(call)(*map(Name, _variables(call)), *[None] * (call.B is None), **arguments(call))}"
