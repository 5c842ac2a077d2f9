"""The zoo's networks in ONNX Runtime and OpenVINO, timed: the worker that `cargo xtask bench --against-pytorch PYTHON` starts if that Python has either.

Answers each line of standard input with one on standard output, as `src/protocol.rs` says, and ends with its input; its argument is the folder
in which the zoo leaves `FAMILY.onnx` and `FAMILY.check.json`, and of single layers `layer.NAME.PART`. Needs numpy, and onnxruntime or openvino;
for single layers, onnxruntime and onnx. Networks are compiled for the batch that is measured; inputs and logits are arrays in memory.

| peer            | what                                                                 |
|-----------------|----------------------------------------------------------------------|
| `onnx_runtime`  | the CPU provider, all optimizations                                  |
| `openvino`      | hints: latency, one stream, f32                                      |
| `openvino_bf16` | the same in bf16, where OpenVINO says that the processor multiplies it |
"""

import json
import os
import pathlib
import sys

from onnx_layer import onnx_layer
from worker import Unsupported, difference, imported, layer_part, serve, timed, versions

try:
    import numpy
except ImportError:
    numpy = None

PEERS = ("onnx_runtime", "openvino", "openvino_bf16")
THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))


def onnx_runtime(model, batch):
    """Of a file's path or its contents."""
    (runtime,) = imported("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    options.add_free_dimension_override_by_name("batch", batch)
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"input": x})[0]


def openvino(path, batch, precision="f32"):
    core = imported("openvino")[0].Core()
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise Unsupported("this processor does not multiply bf16")
    model = core.read_model(path)
    shape = model.input(0).get_partial_shape()
    shape[0] = batch
    model.reshape(shape)
    hints = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": str(THREADS), "INFERENCE_PRECISION_HINT": precision}
    request = core.compile_model(model, "CPU", hints).create_infer_request()

    def run(x):
        request.infer([x], share_inputs=True)
        return request.get_output_tensor(0).data

    return run


def network(peer, family, batch):
    if numpy is None:
        raise Unsupported("this Python cannot import numpy")
    path = str(pathlib.Path(sys.argv[1]) / f"{family}.onnx")
    if peer == "onnx_runtime":
        return onnx_runtime(path, batch)
    return openvino(path, batch, "bf16" if peer == "openvino_bf16" else "f32")


def describe(_):
    others = versions([("onnxruntime", "ONNX Runtime"), ("openvino", "OpenVINO")])
    return {"threads": THREADS, "kernels": None, "torch": None, "others": others}


def reference(family):
    contents = json.loads((pathlib.Path(sys.argv[1]) / f"{family}.check.json").read_text())
    inputs = numpy.array(contents["inputs"], numpy.float32).reshape(-1, *contents["shape"])
    return inputs, contents["evidence"]["logits_before"], contents["tolerance_before"]


def check(request):
    """Must come to the zoo's logits; what is not there is left out, and bf16 is only held to its few digits."""
    family = request["family"]
    if numpy is None:
        return "this Python has no numpy, so no runtime is compared"
    inputs, expected, tolerance = reference(family)
    compared = []
    for peer in PEERS:
        try:
            apart = difference(expected, network(peer, family, len(inputs))(inputs))
        except Unsupported:
            continue
        if not apart <= (0.05 if peer == "openvino_bf16" else tolerance):
            raise ValueError(f"{family}: zoo and {peer} disagree: logits differ by {apart:.1e} of the largest")
        compared.append(f"{peer} {apart:.1e}")
    return "apart from the zoo, in parts of the largest logit: " + (", ".join(compared) or "nothing is there to compare")


def measure(request):
    case, peer = request["case"], request["peer"]
    if case["workload"] != "inference":
        raise Unsupported("runtimes do not train")
    run = network(peer, case["family"], case["batch"])
    shape = reference(case["family"])[0].shape[1:]
    inputs = numpy.random.default_rng(1).random((case["batch"], *shape), numpy.float32)
    return timed(lambda: run(inputs), request)


def single_layer(layer):
    """What computes the layer's outputs from the zoo's inputs."""
    run = onnx_runtime(onnx_layer(layer), layer["batch"])
    shape = layer["shape"]
    images = (layer["batch"], shape["channels"][0], shape["size"], shape["size"])
    inputs = numpy.frombuffer(layer_part(layer, "inputs"), numpy.float32).reshape(images)
    return lambda: run(inputs)


def check_layer(request):
    """How far the layer is from the zoo's; there are no gradients here."""
    layer = request["layer"]
    found = single_layer(layer)()
    return {"outputs": difference(numpy.frombuffer(layer_part(layer, "answers"), numpy.float32), found), "gradients": None}


def measure_layer(request):
    return timed(single_layer(request["case"]["layer"]), request)


ANSWERS = {"describe": describe, "check": check, "measure": measure, "check_layer": check_layer, "measure_layer": measure_layer}


if __name__ == "__main__":
    serve(ANSWERS)
