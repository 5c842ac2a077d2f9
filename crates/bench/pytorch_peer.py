"""The zoo's models in PyTorch, timed: the worker that `cargo xtask bench --against-pytorch PYTHON` starts.

Answers each line of standard input with one on standard output, as `src/protocol.rs` says, and ends with its input; its
argument is the folder in which the zoo leaves files for it. Needs torch alone. The networks are those of
`tests/fixtures/zoo_in_pytorch.py`; single layers, which a request describes, are channels-last alone.

| peer                    | what                                                                            |
|-------------------------|---------------------------------------------------------------------------------|
| `pytorch`               | as one writes it: `torch.nn`, `torch.optim`, default settings                   |
| `pytorch_channels_last` | images in `torch.channels_last`                                                 |
| `pytorch_fused`         | the same, and `fused=True` for the optimizer                                    |
| `pytorch_compile`       | the same, and `torch.compile`                                                   |
"""

import json
import os
import pathlib
import sys
import time
import tomllib

import torch
from torch import nn
from torch.nn import functional
from worker import Unsupported, layer_part, one, serve, timed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "fixtures"))
from zoo_in_pytorch import Muon, Together, build, load_tensors  # noqa: E402

BATCHES = 8  # as in serve.rs: on a single batch a network soon has nothing left to learn
EXAMPLES = 5_000  # as in data.rs
EVALUATION_BATCH = 500  # the trainer's


class TimedNetwork:
    """A network with its loss and optimizer, configured as a peer says."""

    def __init__(self, recipe, shape, classes, peer, weights=None):
        torch.manual_seed(1)
        self.peer = peer
        self.channels_last = peer != "pytorch" and len(shape) == 3
        self.network = build(recipe, shape, classes)
        if weights:
            load_tensors(self.network, weights)
        if self.channels_last:
            self.network = self.network.to(memory_format=torch.channels_last)
        self.optimizer = self.make_optimizer(recipe)
        loss, constants = one(recipe["loss"])
        self.binary, self.smoothing = loss == "binary_cross_entropy", constants.get("label_smoothing", 0.0)
        self.forward = torch.compile(self.network) if peer == "pytorch_compile" else self.network

    def make_optimizer(self, recipe):
        (kind, constants), (schedule,) = one(recipe["optimizer"]), recipe["schedule"].values()
        decay, decay_constants = one(recipe["regularization"]["weight_decay"])
        rate = schedule["learning_rate"] / schedule.get("div_factor", 1.0)  # of the first step
        adam = {
            "lr": rate,
            "betas": (constants["beta1"], constants["beta2"]),
            "eps": constants["epsilon"],
            "weight_decay": decay_constants.get("rate", 0.0),
        }
        if self.peer in ("pytorch_fused", "pytorch_compile"):
            adam["fused"] = True
        if kind == "adam" and decay in ("none", "l2"):
            return torch.optim.Adam(self.network.parameters(), **adam)
        if kind == "muon" and decay == "normalized":
            self.network.whitening.weight.requires_grad_(False)
            trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
            filters, rest = ([one for one in trained if (one.dim() == 4) == of_filters] for of_filters in (True, False))
            muon = Muon(filters, rate, constants["momentum"], decay_constants["step"], self.peer == "pytorch_compile")
            return Together(muon, torch.optim.AdamW(rest, **adam))
        raise ValueError(f"the benchmark knows Adam with L2 decay, and Muon with normalized weights, not {kind} with {decay}")

    def arrange(self, inputs):
        """Inputs in the memory format of the peer."""
        return inputs.to(memory_format=torch.channels_last) if self.channels_last else inputs

    def loss(self, logits, labels, reduction="mean"):
        if self.binary:
            return functional.binary_cross_entropy_with_logits(logits.squeeze(1), labels.float(), reduction=reduction)
        return functional.cross_entropy(logits, labels, reduction=reduction, label_smoothing=self.smoothing)

    def predicted(self, logits):
        return (logits.squeeze(1) > 0).long() if self.binary else logits.argmax(1)

    def train_step(self, inputs, labels):
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.forward(inputs)
        loss = self.loss(logits, labels)
        loss.backward()
        self.optimizer.step()
        return loss.item(), logits.detach()


def read(name):
    """A file that the zoo has left: what it says, and the recipe, the shape of an example and the classes in it."""
    contents = json.loads((pathlib.Path(sys.argv[1]) / name).read_text())
    return contents, (tomllib.loads(contents["recipe"]), contents["shape"], contents["classes"])


def describe(_):
    return {"torch": torch.__version__, "threads": torch.get_num_threads()}


def check(request):
    """Starts from the zoo's weights and must come to the zoo's logits and losses, with every peer that is not compiled."""
    family = request["family"]
    reference, (recipe, shape, classes) = read(f"{family}.check.json")
    weights = {name: torch.tensor(values).reshape(size) for name, size, values in reference["weights"]}
    inputs = torch.tensor(reference["inputs"]).reshape(-1, *shape)
    labels = torch.tensor(reference["labels"])
    expected = reference["evidence"]
    farthest = 0.0
    for peer in ("pytorch", "pytorch_channels_last", "pytorch_fused"):
        network = TimedNetwork(recipe, shape, classes, peer, weights)
        x = network.arrange(inputs)
        before = difference(expected["logits_before"], evaluate(network, x))
        network.network.train()
        losses = difference(expected["losses"], [network.train_step(x, labels)[0] for _ in expected["losses"]])
        after = difference(expected["logits_after"], evaluate(network, x))
        if not (before <= reference["tolerance_before"] and max(losses, after) <= reference["tolerance_after"]):
            raise ValueError(
                f"{family}: zoo and {peer} disagree: logits differ by {before:.1e} before training, losses by {losses:.1e} "
                f"and logits by {after:.1e} after some steps, as fractions of the largest"
            )
        farthest = max(farthest, before)
    return f"zoo and PyTorch at most {farthest:.1e} of the largest logit apart"


def evaluate(timed, inputs):
    timed.network.eval()
    with torch.inference_mode():
        return timed.network(inputs)


def difference(expected, found):
    expected, found = (torch.as_tensor(values).flatten().double() for values in (expected, found))
    if expected.shape != found.shape:
        raise ValueError(f"{tuple(expected.shape)} values expected, found {tuple(found.shape)}")
    return ((expected - found).abs().max() / expected.abs().max().clamp_min(1e-30)).item()


def measure(request):
    case, peer = request["case"], request["peer"]
    if peer == "pytorch_fused" and case["workload"] != "train_step":
        raise Unsupported("an optimizer plays no part here")
    _, task = read(f"{case['family']}.check.json")
    work = {
        "train_step": train_steps,
        "inference": inferences,
        "batches": batches,
        "augmented_batches": augmented_batches,
    }[case["workload"]](case, peer, *task)
    return timed(work, request)


COMPILED = {}


def timed_network(case, peer, recipe, shape, classes):
    """A compiled network is kept: compiling it again for every burst would take longer than all the rest."""
    if peer != "pytorch_compile":
        return TimedNetwork(recipe, shape, classes, peer)
    key = (case["family"], case["workload"], case["batch"])
    if key not in COMPILED:
        COMPILED[key] = TimedNetwork(recipe, shape, classes, peer)
    return COMPILED[key]


def train_steps(case, peer, recipe, shape, classes):
    network = timed_network(case, peer, recipe, shape, classes)
    inputs = [network.arrange(torch.rand(case["batch"], *shape)) for _ in range(BATCHES)]
    labels = [torch.randint(classes, (case["batch"],)) for _ in range(BATCHES)]
    place = iter_cycle(BATCHES)

    def work():
        index = next(place)
        network.train_step(inputs[index], labels[index])

    return unless_compiler_missing(peer, work)


def inferences(case, peer, recipe, shape, classes):
    network = timed_network(case, peer, recipe, shape, classes)
    network.network.eval()
    inputs = network.arrange(torch.rand(case["batch"], *shape))

    def work():
        with torch.inference_mode():
            return network.forward(inputs)

    return unless_compiler_missing(peer, work)


def unless_compiler_missing(peer, work):
    """torch.compile fails on first use where there is no C++ compiler: then there is no such peer."""
    if peer == "pytorch_compile":
        try:
            work()
        except Exception as error:  # noqa: BLE001 - torch has no narrower class for it
            raise Unsupported(f"torch.compile does not work here: {str(error).splitlines()[0]}") from error
    return work


def iter_cycle(count):
    while True:
        yield from range(count)


class Batcher:
    """Gathers, normalizes and arranges examples kept as bytes (or rows of floats)."""

    def __init__(self, inputs, normalizer, channels_last):
        self.images = inputs.dim() == 4
        self.channels_last = channels_last and self.images
        # Kept in the order in which they are used, so that no batch has to be turned.
        self.inputs = inputs.permute(0, 2, 3, 1).contiguous() if self.channels_last else inputs
        shape = (1, 1, -1) if self.channels_last else (-1, 1, 1) if self.images else (-1,)
        deviation = torch.tensor(normalizer["std"] or [1.0])
        mean = torch.tensor(normalizer["mean"] or [0.0])
        self.factor = (normalizer["scale"] / deviation).reshape(shape)
        self.shift = (mean / deviation).reshape(shape)

    def batch(self, indices):
        return self.normalize(self.inputs[indices])

    def normalize(self, values):
        values = values.float().mul_(self.factor).sub_(self.shift)
        return values.permute(0, 3, 1, 2) if self.channels_last else values

    def augmented_batch(self, indices, pixels=3):
        """Random flips and shifts with reflection, all images of the batch at once."""
        count = len(indices)
        images = self.inputs[indices]
        rows, columns = (1, 2) if self.channels_last else (2, 3)
        size = images.shape[rows]
        take_rows = reflected(torch.arange(size) + torch.randint(-pixels, pixels + 1, (count, 1)), size)
        take_columns = reflected(torch.arange(size) + torch.randint(-pixels, pixels + 1, (count, 1)), size)
        take_columns = torch.where(torch.rand(count, 1) < 0.5, size - 1 - take_columns, take_columns)
        which = torch.arange(count)[:, None, None]
        if self.channels_last:
            images = images[which, take_rows[:, :, None], take_columns[:, None, :]]
        else:
            channels = torch.arange(images.shape[1])[None, :, None, None]
            images = images[which[..., None], channels, take_rows[:, None, :, None], take_columns[:, None, None, :]]
        return self.normalize(images)


def reflected(places, size):
    places = places.abs()
    return torch.where(places >= size, 2 * (size - 1) - places, places)


def loader(case, peer, shape):
    if peer not in ("pytorch", "pytorch_channels_last"):
        raise Unsupported("neither optimizer nor compiler plays a part here")
    if len(shape) == 3:
        inputs = torch.randint(256, (EXAMPLES, *shape), dtype=torch.uint8)
        scale, count = 1 / 255, shape[0]
    else:
        inputs = torch.rand(EXAMPLES, *shape)
        scale, count = 1.0, shape[0]
    normalizer = {"scale": scale, "mean": [0.5] * count, "std": [0.25] * count}
    batcher = Batcher(inputs, normalizer, peer == "pytorch_channels_last")
    order = torch.randperm(EXAMPLES)
    chunks = [chunk for chunk in order.split(case["batch"]) if len(chunk) == case["batch"]]
    return batcher, chunks, iter_cycle(len(chunks))


def batches(case, peer, recipe, shape, classes):
    batcher, chunks, place = loader(case, peer, shape)
    return lambda: batcher.batch(chunks[next(place)])


def augmented_batches(case, peer, recipe, shape, classes):
    batcher, chunks, place = loader(case, peer, shape)
    return lambda: batcher.augmented_batch(chunks[next(place)])


def epochs(request):
    """The trainer's epochs: gather, normalize, step, running loss and accuracy; then the validation split."""
    case, peer = request["case"], request["peer"]
    if peer == "pytorch_compile":
        raise Unsupported("epochs are not compiled: the last batch of each has another size")
    family = case["family"]
    data, (recipe, shape, classes) = read(f"{family}.data.json")
    network = TimedNetwork(recipe, shape, classes, peer)
    train, train_labels = read_split(family, "train", data["train"], shape)
    valid, valid_labels = read_split(family, "valid", data["valid"], shape)
    train, valid = (Batcher(split, data["normalizer"], network.channels_last) for split in (train, valid))
    start = time.perf_counter()
    for _ in range(request["epochs"]):
        train_epoch(network, train, train_labels, case["batch"])
        validate(network, valid, valid_labels)
    seconds = time.perf_counter() - start
    return {"seconds": [seconds / request["epochs"]], "peak_bytes": peak_bytes()}


def train_epoch(timed, batcher, labels, batch):
    timed.network.train()
    loss_sum = correct = 0.0
    for indices in torch.randperm(len(labels)).split(batch):
        expected = labels[indices]
        loss, logits = timed.train_step(batcher.batch(indices), expected)
        loss_sum += loss * len(indices)
        correct += (timed.predicted(logits) == expected).sum().item()
    return loss_sum / len(labels), correct / len(labels)


def validate(timed, batcher, labels):
    timed.network.eval()
    correct = loss_sum = 0.0
    with torch.inference_mode():
        for indices in torch.arange(len(labels)).split(EVALUATION_BATCH):
            logits = timed.forward(batcher.batch(indices))
            loss_sum += timed.loss(logits, labels[indices], reduction="sum").item()
            correct += (timed.predicted(logits) == labels[indices]).sum().item()
    return correct / len(labels)


def read_split(family, split, count, shape):
    folder = pathlib.Path(sys.argv[1])
    inputs = bytearray((folder / f"{family}.{split}.inputs").read_bytes())
    kind = torch.uint8 if len(shape) == 3 else torch.float32
    inputs = torch.frombuffer(inputs, dtype=kind).reshape(count, *shape)
    labels = bytearray((folder / f"{family}.{split}.labels").read_bytes())
    return inputs, torch.frombuffer(labels, dtype=torch.uint8).long()


class TimedLayer:
    """The layer that a request describes, with the zoo's inputs and parameters."""

    def __init__(self, layer):
        self.layer, shape = layer, layer["shape"]
        sliding = {key: shape[key] for key in ("stride", "padding", "dilation", "groups")}
        self.conv = nn.Conv2d(*shape["channels"], shape["kernel"], **sliding)
        self.norm = [nn.BatchNorm2d(shape["channels"][1])] if shape["norm"] else []
        activation = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU}[shape["activation"]]()
        pool = [nn.MaxPool2d(2)] if shape["pooled"] else []
        behind = [*pool, *self.norm, activation] if self.norm else [activation, *pool]
        self.network = nn.Sequential(self.conv, *behind).to(memory_format=torch.channels_last)
        images = (layer["batch"], shape["channels"][0], shape["size"], shape["size"])
        self.inputs = self.part("inputs").reshape(images).contiguous(memory_format=torch.channels_last)
        self.load()

    def part(self, name):
        return torch.frombuffer(layer_part(self.layer, name), dtype=torch.float32)

    @torch.no_grad()
    def load(self):
        parts = {"weight": self.conv.weight, "bias": self.conv.bias}
        for norm in self.norm:
            parts |= {"gamma": norm.weight, "beta": norm.bias, "running_mean": norm.running_mean, "running_var": norm.running_var}
        for name, values in parts.items():
            values.copy_(self.part(name).reshape(values.shape))

    def answer(self):
        """The outputs, normalized by running statistics."""
        with torch.inference_mode():
            return self.network(self.inputs)

    def gradients(self):
        """The outputs, normalized by statistics of the batch, and the gradients of their sum: by inputs, by weight, by the others."""
        inputs = self.inputs.detach().requires_grad_()
        outputs = self.network(inputs)
        return outputs, torch.autograd.grad(outputs.sum(), [inputs, *self.network.parameters()])


def check_layer(request):
    """How far the layer is from the zoo's."""
    timed_layer = TimedLayer(request["layer"])
    part = timed_layer.part
    timed_layer.network.eval()
    answers = difference(part("answers"), timed_layer.answer())
    timed_layer.network.train()
    outputs, (of_inputs, of_weight, *_) = timed_layer.gradients()
    outputs = difference(part("outputs"), outputs.detach())
    of_inputs = mean_difference(part("input_gradient"), of_inputs)
    of_weight = mean_difference(part("weight_gradient"), of_weight)
    return {"outputs": max(answers, outputs), "gradients": max(of_inputs, of_weight)}


def mean_difference(expected, found):
    """The root mean square of the differences, as a fraction of that of the values expected."""
    expected, found = (values.flatten().double() for values in (expected, found))
    return ((expected - found).norm() / expected.norm().clamp_min(1e-30)).item()


def measure_layer(request):
    case = request["case"]
    timed_layer = TimedLayer(case["layer"])
    trains = case["pass"] == "forward_backward"
    timed_layer.network.train(trains)
    return timed(timed_layer.gradients if trains else timed_layer.answer, request)


def peak_bytes():
    """The most memory this process has held; None where the system does not say."""
    try:
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


ANSWERS = {
    "describe": describe,
    "check": check,
    "measure": measure,
    "epochs": epochs,
    "check_layer": check_layer,
    "measure_layer": measure_layer,
}


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    serve(ANSWERS)
