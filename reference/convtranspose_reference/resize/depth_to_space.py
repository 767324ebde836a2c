"""ONNX DepthToSpace: channels become blocks of pixels, the second half of a sub-pixel convolution
(Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
Convolutional Neural Network", CVPR 2016)."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from ..attributes import InvalidInput, Shape
from ..window import Array

SHUFFLES = ("DCR", "CRD")
OLDEST_MODE = 11  # the opset that has `mode` first; before it every node is DCR


@dataclass(frozen=True, slots=True)
class DepthToSpace:
    """The attributes of a node, with ONNX's defaults."""

    blocksize: int
    _: KW_ONLY
    mode: str = "DCR"

    def text(self) -> str:
        """The attributes on one line."""
        return f"blocksize={self.blocksize}, mode={self.mode!r}"


def check_shuffle_opset(asked: DepthToSpace, opset: int) -> None:
    """Refuse what an opset's text does not have. Raises InvalidInput (clause Z)."""
    if asked.mode != "DCR" and opset < OLDEST_MODE:
        raise InvalidInput("Z", "mode", asked.mode, f"absent before opset {OLDEST_MODE}")


def shuffled_shape(shape: Shape, asked: DepthToSpace, opset: int = OLDEST_MODE) -> Shape:
    """The shape of the output, of one N x C x H x W. Raises InvalidInput (clause Z)."""
    if asked.blocksize < 1:
        raise InvalidInput("Z", "blocksize", asked.blocksize, "at least 1")
    if asked.mode not in SHUFFLES:
        raise InvalidInput("Z", "mode", asked.mode, f"one of {', '.join(SHUFFLES)}")
    check_shuffle_opset(asked, opset)
    if len(shape) != 4:
        raise InvalidInput("Z", "rank of X", len(shape), "4: N x C x H x W")
    batch, channels, height, width = shape
    maps, left = divmod(channels, asked.blocksize**2)
    if left:
        raise InvalidInput(
            "Z", "blocksize", asked.blocksize, f"one whose square divides C = {channels}"
        )
    return batch, maps, height * asked.blocksize, width * asked.blocksize


def depth_to_space(
    X: Array, blocksize: int, mode: str = "DCR", *, opset: int = OLDEST_MODE
) -> Array:
    """N x C x H x W as N x C / blocksize**2 x H * blocksize x W * blocksize, of any dtype.

    DCR takes the channel of a pixel from the outermost, CRD from the innermost part of C:
    tf.nn.depth_to_space is DCR, torch.nn.PixelShuffle CRD. Raises InvalidInput (clause Z).
    """
    shape = shuffled_shape(X.shape, DepthToSpace(blocksize, mode=mode), opset)
    batch, maps, *_ = shape
    height, width = X.shape[2:]
    if mode == "DCR":
        blocks = X.reshape(batch, blocksize, blocksize, maps, height, width)
        return np.ascontiguousarray(blocks.transpose(0, 3, 4, 1, 5, 2).reshape(shape))
    blocks = X.reshape(batch, maps, blocksize, blocksize, height, width)
    return np.ascontiguousarray(blocks.transpose(0, 1, 4, 2, 5, 3).reshape(shape))
