"""Backends that refuse, of ONNX's Backend API: `refusing:NAME` names one."""

from typing import Any

from textbook import Array, Textbook


class NoDoubles(Textbook):
    """Refuses float64 altogether, and output_padding of the stride or more."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if X.dtype == "float64":
            raise NotImplementedError("no kernel for float64")
        padding = self.given.get("output_padding", [])
        strides = self.given.get("strides") or [1] * len(padding)
        if any(p >= s for p, s in zip(padding, strides, strict=False)):
            raise ValueError(f"output_padding {padding} of stride {strides} or more")
        return super().answer(X, W, B)


class Images(Textbook):
    """Refuses every call of two spatial axes."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if X.ndim == 4:
            raise ValueError("takes no images")
        return super().answer(X, W, B)


class NoBfloat16(Textbook):
    """Refuses bfloat16, and groups that do not divide the channels."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if X.dtype == "bfloat16":
            raise NotImplementedError("no kernel for bfloat16")
        if X.shape[1] % self.given.get("group", 1):
            raise ValueError("groups that do not divide the channels")
        return super().answer(X, W, B)
