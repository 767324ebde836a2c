"""`seeds`: the lecture's own examples, each with the size that the lecture expects."""

from ..case import Case, make

SUITE = "seeds"
TITLE = "The lecture's own examples"


def _seed(name: str, x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make(SUITE, x, k, name=name, **given)  # type: ignore[arg-type]  # names of Case and Attributes, checked by make


def _decoder() -> list[Case]:
    """Three upsampling layers as an auto-encoder has them: 2x2 -> 4x4 -> 8x8 -> 16x16, channels 8
    -> 4 -> 3 -> 1."""
    first = _seed("decoder_layer_1", (2, 2), (4, 4), c=8, m=4, strides=(2, 2), pads=(1, 1, 1, 1))
    second = _seed(
        "decoder_layer_2",
        (4, 4),
        (3, 3),
        c=4,
        m=3,
        strides=(2, 2),
        pads=(1, 1, 1, 1),
        output_padding=(1, 1),
        data="previous",
        previous=first,
    )
    third = _seed(
        "decoder_layer_3",
        (8, 8),
        (4, 4),
        c=3,
        m=1,
        strides=(2, 2),
        auto_pad="SAME_UPPER",
        data="previous",
        previous=second,
    )
    return [first, second, third]


def _forward() -> list[Case]:
    """The lecture's convolutions."""
    return [
        _seed("conv_4x4_filter_3x3", (4, 4), (3, 3), op="Conv"),
        _seed("conv_5x5_filter_3x3_padded", (5, 5), (3, 3), op="Conv", pads=(1, 1, 1, 1)),
        _seed(
            "conv_6x6_filter_3x3_padded_stride_2",
            (6, 6),
            (3, 3),
            op="Conv",
            pads=(1, 1, 1, 1),
            strides=(2, 2),
        ),
    ]


def _transposed() -> list[Case]:
    """Its transposed convolutions, the 1-D derivations last."""
    return [
        _seed("transpose_of_conv_4x4_filter_3x3", (2, 2), (3, 3)),
        _seed("transpose_5x5_filter_3x3_stride_1", (5, 5), (3, 3), pads=(1, 1, 1, 1)),
        _seed(
            "transpose_of_conv_6x6_stride_2",
            (3, 3),
            (3, 3),
            pads=(1, 1, 1, 1),
            strides=(2, 2),
            output_padding=(1, 1),
        ),
        _seed("stride_3_filter_6", (5, 5), (6, 6), strides=(3, 3)),
        _seed("stride_2_filter_5", (5, 5), (5, 5), strides=(2, 2)),
        _seed("stride_2_filter_3", (5, 5), (3, 3), strides=(2, 2)),
        _seed("stride_3_filter_6_same", (5, 5), (6, 6), strides=(3, 3), auto_pad="SAME_UPPER"),
        _seed("stride_2_filter_5_same", (5, 5), (5, 5), strides=(2, 2), auto_pad="SAME_UPPER"),
        _seed("stride_2_filter_3_same", (5, 5), (3, 3), strides=(2, 2), auto_pad="SAME_UPPER"),
        _seed("derivation_stride_1_six_outputs", (6,), (3,), pads=(1, 1), data="terms"),
        _seed(
            "derivation_stride_2_eleven_outputs",
            (6,),
            (3,),
            pads=(1, 1),
            strides=(2,),
            data="terms",
        ),
    ]


def _deconv2d() -> list[Case]:
    """TensorFlow's `deconv2d`, told four sizes."""
    return [
        _seed(
            f"deconv2d_{size}_from_3_{pad.split('_')[0].lower()}",
            (3, 3),
            (3, 3),
            c=2,
            m=4,
            strides=(2, 2),
            auto_pad=pad,
            **how,
        )
        for pad, size, how in (
            ("SAME_UPPER", 5, {"output_shape": (5, 5)}),
            ("SAME_UPPER", 6, {"output_shape": (6, 6)}),
            ("VALID", 7, {}),
            ("VALID", 8, {"output_padding": (1, 1)}),
        )
    ]


def cases() -> list[Case]:
    """Conv, ConvTranspose, the 1-D derivations, TensorFlow's `deconv2d`, a decoder."""
    return [*_forward(), *_transposed(), *_deconv2d(), *_decoder()]


EXPECTED_SIZES = {
    "conv_4x4_filter_3x3": (2, 2),
    "conv_5x5_filter_3x3_padded": (5, 5),
    "conv_6x6_filter_3x3_padded_stride_2": (3, 3),
    "transpose_of_conv_4x4_filter_3x3": (4, 4),
    "transpose_5x5_filter_3x3_stride_1": (5, 5),
    "transpose_of_conv_6x6_stride_2": (6, 6),
    "stride_3_filter_6": (18, 18),
    "stride_2_filter_5": (13, 13),
    "stride_2_filter_3": (11, 11),
    "stride_3_filter_6_same": (15, 15),
    "stride_2_filter_5_same": (10, 10),
    "stride_2_filter_3_same": (10, 10),
    "derivation_stride_1_six_outputs": (6,),
    "derivation_stride_2_eleven_outputs": (11,),
    "deconv2d_5_from_3_same": (5, 5),
    "deconv2d_6_from_3_same": (6, 6),
    "deconv2d_7_from_3_valid": (7, 7),
    "deconv2d_8_from_3_valid": (8, 8),
    "decoder_layer_1": (4, 4),
    "decoder_layer_2": (8, 8),
    "decoder_layer_3": (16, 16),
}
