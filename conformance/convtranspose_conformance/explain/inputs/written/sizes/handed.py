"""Calls that run a model on an example: `torch.onnx.export(model, x, "model.onnx")`,
`summary(model, (16, 8, 8))`."""

import ast
from typing import TypeGuard

from ..fold import dotted

_RUNNING = ("export", "trace", "summary", "profile", "FlopCountAnalysis")
_SIZES = ("input_size", "input_shape")
_EXAMPLES = ("args", "example_inputs", "inputs", "input_data", *_SIZES)


def handed_over(call: ast.Call) -> ast.Call | None:
    """The call of the model on its example; None for what runs none that a name stands for."""
    if dotted(call.func).rpartition(".")[2] not in _RUNNING or not call.args:
        return None
    named = {each.arg: each.value for each in call.keywords}
    given = [*call.args[1:2], *(named[name] for name in _EXAMPLES if name in named)]
    example = given[0] if given and dotted(call.args[0]) else None
    if example is None:
        return None
    if _are_sizes(example):
        example = _tensor(example)
    elif isinstance(example, ast.Tuple) and len(example.elts) == 1:
        example = example.elts[0]
    made = ast.Call(func=call.args[0], args=[example], keywords=[])
    return ast.fix_missing_locations(ast.copy_location(made, call))


def _are_sizes(node: ast.expr) -> TypeGuard[ast.Tuple | ast.List]:
    if not isinstance(node, ast.Tuple | ast.List):
        return False
    return 2 <= len(node.elts) <= 5 and all(isinstance(each, ast.Constant) for each in node.elts)


def _tensor(sizes: ast.Tuple | ast.List) -> ast.expr:
    """A tensor of these sizes, which may be those of one image without a batch axis."""
    function = ast.Attribute(value=ast.Name(id="torch"), attr="zeros")
    return ast.Call(func=function, args=sizes.elts, keywords=[])
