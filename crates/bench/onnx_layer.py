"""A single layer, as `src/layers.rs` describes it, as an ONNX file. Needs onnx and numpy."""

from worker import imported, layer_part

OPERATORS, FORMAT = 20, 9  # the first with GELU, as in the zoo's own exports, and the format of its time


def onnx_layer(layer):
    """The file's bytes: the layer that answers, with the zoo's parameters."""
    (numpy,), (onnx,) = imported("numpy"), imported("onnx")
    shape, (inputs, outputs), kernel = layer["shape"], layer["shape"]["channels"], layer["shape"]["kernel"]
    constants = {"weight": (outputs, inputs // shape["groups"], kernel, kernel), "bias": (outputs,)}
    if shape["norm"]:
        constants |= dict.fromkeys(("gamma", "beta", "running_mean", "running_var"), (outputs,))
    values = {name: numpy.frombuffer(layer_part(layer, name), numpy.float32).reshape(size) for name, size in constants.items()}
    graph = onnx.helper.make_graph(
        nodes(onnx.helper.make_node, shape),
        layer["name"],
        [image(onnx, "input", ["batch", inputs, shape["size"], shape["size"]])],
        [image(onnx, "output", ["batch", outputs, "height", "width"])],
        [onnx.numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    operators = onnx.helper.make_opsetid("", OPERATORS)
    return onnx.helper.make_model(graph, opset_imports=[operators], ir_version=FORMAT).SerializeToString()


def image(onnx, name, size):
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size)


def nodes(make, shape):
    """The layer's operations, each on the result of the one before."""
    made = convolution(make, shape, "input")
    for step in (pooling, normalization, activation) if shape["norm"] else (activation, pooling):
        made += step(make, shape, made[-1].output[0])
    made[-1].output[0] = "output"
    return made


def convolution(make, shape, x):
    sliding = {"strides": [shape["stride"]] * 2, "dilations": [shape["dilation"]] * 2, "group": shape["groups"]}
    return [make("Conv", [x, "weight", "bias"], ["convolved"], pads=[shape["padding"]] * 4, **sliding)]


def pooling(make, shape, x):
    return [make("MaxPool", [x], ["pooled"], kernel_shape=[2, 2], strides=[2, 2])] if shape["pooled"] else []


def normalization(make, _, x):
    return [make("BatchNormalization", [x, "gamma", "beta", "running_mean", "running_var"], ["normalized"])]


def activation(make, shape, x):
    if shape["activation"] == "silu":
        return [make("Sigmoid", [x], ["sigmoid"]), make("Mul", [x, "sigmoid"], ["active"])]
    return [make({"relu": "Relu", "gelu": "Gelu"}[shape["activation"]], [x], ["active"])]
