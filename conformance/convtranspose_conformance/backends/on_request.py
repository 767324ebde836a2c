"""The backends that a plain run does not ask: by name, or with `--all-backends`."""

from functools import partial

from .entry import ALL_CHECKS, FORWARD_CHECKS, VALUE_CHECKS, Entry

_HERE = __name__.rpartition(".")[0]  # the folder of the adapters
TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu")

_JAX = partial(
    Entry,
    by_default=False,
    route="jax.lax.conv_transpose, conv_general_dilated",
    target=f"{_HERE}.jax.adapter:Jax",
    script=f"{_HERE}.jax.script:jax_script",
    sayable=f"{_HERE}.jax.arguments:arguments",
    distributions=("jax",),
    checks=ALL_CHECKS,
)
_KERAS = partial(
    Entry,
    by_default=False,
    route="keras.layers.Conv{1,2,3}DTranspose",
    target=f"{_HERE}.keras.adapter:Keras",
    script=f"{_HERE}.keras.script:keras_script",
    sayable=f"{_HERE}.keras.arguments:arguments",
    distributions=("keras",),
    checks=FORWARD_CHECKS,
)
_FUNCTION = partial(
    Entry,
    by_default=False,
    route="tf.function of tf.nn.conv{1,2,3}d_transpose",
    target=f"{_HERE}.tensorflow.function:TensorFlowFunction",
    script=f"{_HERE}.tensorflow.script:function_script",
    sayable=f"{_HERE}.tensorflow.arguments:arguments",
    kernels=f"{_HERE}.tensorflow.onednn:expected",
    distributions=TENSORFLOW,
    arguments=("CPU",),
    checks=ALL_CHECKS,
)
_EXPORT = partial(
    Entry,
    by_default=False,
    sayable=f"{_HERE}.torch.adapter:arguments",
    distributions=("torch",),
    checks=FORWARD_CHECKS,
)
ON_REQUEST = (
    _JAX(name="jax-cpu", title="JAX, CPU", arguments=("cpu",)),
    _JAX(name="jax-cuda", title="JAX, CUDA, TF32 off", device="cuda", arguments=("cuda", False)),
    _JAX(name="jax-cuda-tf32", title="JAX, CUDA, TF32 on", device="cuda", arguments=("cuda", True)),
    _KERAS(
        name="keras-torch-cpu",
        title="Keras on PyTorch, CPU",
        arguments=("torch",),
        needs=("torch",),
    ),
    _KERAS(
        name="keras-tensorflow-cpu",
        title="Keras on TensorFlow, CPU",
        arguments=("tensorflow",),
        needs=("|".join(TENSORFLOW),),
    ),
    _KERAS(
        name="keras-jax-cpu",
        title="Keras on JAX, CPU",
        arguments=("jax",),
        needs=("jax",),
        sample=8,
    ),
    _FUNCTION(name="tensorflow-function-cpu", title="TensorFlow, tf.function, CPU"),
    _FUNCTION(
        name="tensorflow-xla-cpu",
        title="TensorFlow, XLA, CPU",
        route="tf.function(jit_compile=True) of tf.nn.conv{1,2,3}d_transpose",
        target=f"{_HERE}.tensorflow.xla:TensorFlowXla",
        script=f"{_HERE}.tensorflow.script:xla_script",
        kernels="",
        sample=2,
    ),
    Entry(
        name="torch-compile-cpu",
        title="PyTorch, torch.compile, CPU",
        route="torch.compile of torch.nn.functional.conv_transpose{1,2,3}d",
        target=f"{_HERE}.torch.compiled:TorchCompiled",
        script=f"{_HERE}.torch.script:compiled_script",
        sayable=f"{_HERE}.torch.adapter:arguments",
        kernels=f"{_HERE}.torch.kernels:expected",
        distributions=("torch",),
        arguments=("cpu",),
        checks=(*VALUE_CHECKS, "gradient"),
        by_default=False,
        sample=8,
    ),
    _EXPORT(
        name="torchscript-export-onnxruntime-cpu",
        title="PyTorch exported by TorchScript, ONNX Runtime, CPU",
        route="torch.onnx.export(dynamo=False), InferenceSession",
        target=f"{_HERE}.torch.exported:TorchExport",
        script=f"{_HERE}.torch.exported_script:export_script",
        needs=("onnxruntime|onnxruntime-gpu",),
    ),
    _EXPORT(
        name="torch-export-onnxruntime-cpu",
        title="PyTorch exported by torch.export, ONNX Runtime, CPU",
        route="torch.onnx.export(dynamo=True), InferenceSession",
        target=f"{_HERE}.torch.dynamo_exported:DynamoExport",
        script=f"{_HERE}.torch.exported_script:dynamo_script",
        needs=("onnxruntime|onnxruntime-gpu", "onnxscript"),
        sample=8,
    ),
    Entry(
        name="openvino-cpu",
        title="OpenVINO, CPU",
        route="Core.read_model, compile_model for CPU",
        target=f"{_HERE}.openvino.adapter:OpenVino",
        script=f"{_HERE}.openvino.script:openvino_script",
        distributions=("openvino",),
        arguments=("CPU",),
        checks=FORWARD_CHECKS,
        by_default=False,
    ),
    Entry(
        name="tinygrad-cpu",
        title="tinygrad, CPU, its device written in Python",
        route="Tensor.conv_transpose2d, Tensor.conv2d",
        target=f"{_HERE}.tinygrad.adapter:Tinygrad",
        script=f"{_HERE}.tinygrad.script:tinygrad_script",
        sayable=f"{_HERE}.tinygrad.arguments:arguments",
        distributions=("tinygrad",),
        checks=ALL_CHECKS,
        by_default=False,
        sample=13,
    ),
)
