"""Models as PyTorch exports them: a generator, the way up of a U-Net, the decoder of an
auto-encoder, and one that resizes and shuffles pixels."""

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn


def _generator() -> tuple[nn.Module, torch.Tensor]:
    layers = (
        nn.ConvTranspose2d(16, 12, 4, 1, 0, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(True),
        nn.ConvTranspose2d(12, 8, 5, 2, 2, output_padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(True),
        nn.ConvTranspose2d(8, 3, 4, 2, 1),
        nn.Tanh(),
    )
    return nn.Sequential(*layers), torch.zeros(1, 16, 1, 1)


class _UNet(nn.Module):
    """Two steps up, each beside what was kept on the way down; the second one grouped."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1)
        self.deep, self.pool = nn.Conv2d(8, 8, 3, padding=1), nn.MaxPool2d(2)
        self.up, self.join = nn.ConvTranspose2d(8, 8, 2, 2), nn.Conv2d(16, 8, 3, padding=1)
        self.last_up = nn.ConvTranspose2d(8, 4, 4, 2, 1, groups=4)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = self.first(x).relu()
        lower = self.second(self.pool(kept)).relu()
        raised = self.up(self.deep(self.pool(lower)).relu())
        raised = self.join(torch.cat([lower, raised], 1)).relu()
        return self.out(torch.cat([kept, self.last_up(raised)], 1))  # type: ignore[no-any-return]


class _Decoder(nn.Module):
    """From a vector to an image; the size of the second layer needs output_padding."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(6, 8 * 2 * 2)
        self.up1 = nn.ConvTranspose2d(8, 4, 4, 2, 1)
        self.up2 = nn.ConvTranspose2d(4, 3, 3, 2, 1, output_padding=1)
        self.up3 = nn.ConvTranspose2d(3, 1, 4, 2, 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.up1(self.start(z).view(-1, 8, 2, 2)).relu()
        return torch.sigmoid(self.up3(self.up2(x).relu()))


def _pixels() -> tuple[nn.Module, torch.Tensor]:
    """Both remedies against checkerboards: resize-convolutions, and a sub-pixel convolution."""
    layers = (
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(4, 4, 3, padding=1),
        nn.ReLU(),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Conv2d(4, 8, 3, padding=1),
        nn.PixelShuffle(2),
    )
    return nn.Sequential(*layers), torch.zeros(1, 4, 5, 4)


def _unet() -> tuple[nn.Module, torch.Tensor]:
    return _UNet(), torch.zeros(1, 2, 16, 12)


def _decoder() -> tuple[nn.Module, torch.Tensor]:
    return _Decoder(), torch.zeros(2, 6)


MODELS: dict[str, Callable[[], tuple[nn.Module, torch.Tensor]]] = {
    "generator": _generator,
    "unet": _unet,
    "decoder": _decoder,
    "pixels": _pixels,
}


def exported(name: str, folder: Path) -> Path:
    """The model's file, made by PyTorch's exporter with weights that are the same each time."""
    torch.manual_seed(0)
    model, example = MODELS[name]()
    path = folder / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about itself
        torch.onnx.export(
            model.eval(), (example,), path, input_names=["x"], opset_version=17, dynamo=False
        )
    return path
