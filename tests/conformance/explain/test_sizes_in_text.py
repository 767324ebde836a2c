"""The input's size as the text makes it: through names, layers before the call, and output_size."""

import pytest

from convtranspose_conformance.explain.inputs.read import subjects

UP = "nn.ConvTranspose2d(6, 3, 4, 2, 1)"
KERAS = 'Conv2DTranspose(3, 4, strides=2, padding="same")'


@pytest.mark.parametrize(
    "text",
    [
        f"x = torch.zeros(2, 6, 7, 8)\nx = nn.ReLU()(x)\ny = {UP}(x)",
        f"x = torch.zeros(2, 6, 7, 8)\nx = F.leaky_relu(x, 0.1).to(device)\ny = {UP}(x)",
        f"up = {UP}\nx = torch.zeros(1, 9)\nx = torch.zeros(2, 6, 7, 8)\ny = up(x)",
        f"z = fc(noise)\ny = {UP}(z.view(2, 6, 7, 8))",
        f"z = torch.reshape(fc(z), (2, 6, 7, 8))\ny = {UP}(z)",
        f"y = {UP}(torch.randn(size=(2, 6, 7, 8)))",
        f"z = torch.reshape(fc(z), shape=(2, 6, 7, 8))\ny = {UP}(z)",
        f"x = tf.reshape(tensor=z, shape=[2, 7, 8, 6])\nx = {KERAS}(x)",
        f"x = tf.zeros([2, 7, 8, 6])\nx = {KERAS}(x)",
        f"x = tf.zeros([2, 7, 8, 6])\nx = LeakyReLU()(BatchNormalization()(x))\nx = {KERAS}(x)",
        "down = nn.Conv2d(3, 6, 3, 2, 1)\n"
        f"up = {UP}\nh = down(torch.ones(2, 3, 13, 15))\ny = up(h, output_size=(14, 16))",
        "class Net(nn.Module):\n    def __init__(self):\n        self.norm = nn.BatchNorm2d(6)\n"
        f"        self.up = {UP}\n    def forward(self, z):\n"
        "        x = self.fc(z).view(2, 6, 7, 8)\n        x = self.norm(x)\n"
        "        return self.up(x)",
    ],
)
def test_a_tensor_is_followed_to_where_the_text_says_its_sizes(text: str) -> None:
    *_, last = subjects(text)
    assert last.case.x_shape == (2, 6, 7, 8)
    assert "x" not in last.assumed


@pytest.mark.parametrize(
    "text",
    [
        f"x = torch.zeros(2, 6, 7, 8)\nif fast:\n    x = torch.zeros(2, 6, 9, 9)\ny = {UP}(x)",
        f"x = torch.zeros(2, 6, 7, 8)\nfor _ in a:\n    x = pool(x)\ny = {UP}(x)",
        f"x = torch.zeros(2, 6, 7, 8)\nx = nn.MaxPool2d(2, ceil_mode=True)(x)\ny = {UP}(x)",
        f"x = torch.zeros(2, 6, 7, 8)\nx += other\ny = {UP}(x)",
        f"x = nn.Conv2d(3, 6, 3)(x)\ny = {UP}(x)",
        f"y = {UP}(z.reshape(sizes))",
        f"y = {UP}(torch.zeros(sizes))",
        f"nn.Sequential(nn.Unflatten(1, (6, 7, 8)), nn.Upsample(2), {UP})",
        f"nn.Sequential(nn.Unflatten(1, (6, 7, 8)), *more, {UP})",
        f"model.add(Reshape((7, 8, 6)))\nif deep:\n    model.add(pool)\nmodel.add({KERAS})",
    ],
)
def test_a_size_that_may_be_another_is_assumed_and_said(text: str) -> None:
    *_, last = subjects(text)
    assert last.case.x_shape[2:] == (5, 5)
    assert "x" in last.assumed


@pytest.mark.parametrize(
    "text",
    [
        f"nn.Sequential(nn.Linear(9, 336), nn.Unflatten(1, (6, 7, 8)), nn.ReLU(), {UP},\n"
        "    nn.BatchNorm2d(3), nn.ConvTranspose2d(3, 1, 2, 2))",
        f"keras.Sequential([keras.Input((7, 8, 6)), {KERAS}, LeakyReLU(),\n"
        "    Conv2DTranspose(1, 2, strides=2)])",
        f"model.add(Dense(336))\nmodel.add(Reshape((7, 8, 6)))\nmodel.add({KERAS})\n"
        "model.add(BatchNormalization())\nmodel.add(Conv2DTranspose(1, 2, strides=2))",
        f"x = tf.reshape(z, [-1, 7, 8, 6])\nx = {KERAS}(x)\nx = layers.ReLU()(x)\n"
        "x = Conv2DTranspose(1, 2, strides=2)(x)",
    ],
)
def test_sizes_flow_through_the_layers_of_a_model(text: str) -> None:
    first, second = subjects(text)
    assert first.case.x_shape == (1, 6, 7, 8)
    assert second.case.x_shape == (1, 3, 14, 16)
    assert second.case.y_shape() == (1, 1, 28, 32)


def test_a_name_that_is_assigned_anew_is_applied_as_what_it_is_then() -> None:
    text = (
        "m = nn.ConvTranspose2d(6, 3, 3, stride=2)\nm = nn.ConvTranspose2d(6, 3, 3)\n"
        "y = m(torch.zeros(2, 6, 7, 8))"
    )
    first, second = subjects(text)
    assert "x" in first.assumed
    assert second.case.y_shape() == (2, 3, 9, 10)


def test_one_image_without_a_batch_axis_is_torchs_alone() -> None:
    (subject,) = subjects(f"up = {UP}\ny = up(torch.randn(6, 7, 8))")
    assert subject.case.x_shape == (1, 6, 7, 8)
    assert "without a batch axis" in subject.notes[0]
    (function,) = subjects("F.conv_transpose1d(torch.ones(2, 9), torch.ones(2, 3, 4))")
    assert function.case.y_shape() == (1, 3, 12)
    (flax,) = subjects("nn.ConvTranspose(3, (3, 3))(jnp.zeros((7, 8, 6)))")
    assert flax.case.x_shape == (1, 6, 7, 8)
    with pytest.raises(ValueError, match=r"an input of no sizes: accepted is one with 3 or 4"):
        subjects(f"{UP}(torch.zeros(()))")
    with pytest.raises(ValueError, match=r"an input of 7,8,6: accepted is one with 4 sizes"):
        subjects(f"{KERAS}(tf.zeros([7, 8, 6]))")


@pytest.mark.parametrize("size", ["(12, 13)", "[4, 6, 12, 13]", "torch.zeros(1, 6, 12, 13).size()"])
def test_an_output_size_leads_back_to_an_input_that_is_open(size: str) -> None:
    text = "up = nn.ConvTranspose2d(6, 6, 3, stride=2, padding=1)\ny = up(h, output_size={})"
    (subject,) = subjects(text.format(size))
    assert (subject.case.x_shape[2:], subject.case.y_shape()[2:]) == ((6, 7), (12, 13))
    assert "is the one that output_size leads back to" in subject.notes[0]


def test_the_channels_that_flax_states_are_those_of_x() -> None:
    (subject,) = subjects("nnx.ConvTranspose(16, 8, (3, 3), rngs=rngs)")
    assert subject.case.x_shape == (1, 16, 5, 5)
    assert "X 1,16,5,5 is assumed" in subject.notes[0]
    with pytest.raises(ValueError, match="accepted is in_channels = 16"):
        subjects("nnx.ConvTranspose(16, 8, (3, 3), rngs=rngs)", (1, 4, 5, 5))
    with pytest.raises(ValueError, match="accepted are 4 sizes"):
        subjects("nn.ConvTranspose(8, (3, 3))", (1, 4, 5))


@pytest.mark.parametrize(
    ("text", "w"),
    [
        ("F.conv_transpose1d(x, kernel.expand(c, 1, 12), stride=2, groups=c)", (4, 1, 12)),
        ("F.conv_transpose2d(x, torch.ones(c, 1, 4, 5), groups=3)", (3, 1, 4, 5)),
        ("F.conv2d(x, torch.ones(c, 1, 3, 3), padding=1)", (4, 1, 3, 3)),
        ("tf.nn.conv2d(x, tf.zeros([5, 3, c, m]), 2, 'SAME')", (4, 4, 5, 3)),
        ("lax.conv_transpose(x, jnp.zeros((3, 2, c, 7)), (2, 2), 'SAME')", (4, 7, 3, 2)),
        ("keras.ops.conv_transpose(x, tf.zeros((3, 2, 7, c)), 2, 'same')", (4, 7, 3, 2)),
    ],
)
def test_of_weights_whose_kernel_is_known_the_channels_may_be_open(
    text: str, w: tuple[int, ...]
) -> None:
    (subject,) = subjects(text)
    assert subject.case.w_shape == w
    assert any("with examples for channels" in note for note in subject.notes)
