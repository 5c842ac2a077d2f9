"""The zoo's models in JAX and in Keras on TensorFlow, timed: the worker that `cargo xtask bench --against-pytorch PYTHON` starts if that Python has either.

Answers each line of standard input with one on standard output, as `src/protocol.rs` says, and ends with its input; its argument is the folder
in which the zoo leaves `FAMILY.check.json`. Needs numpy, and jax, or keras with tensorflow. Images are channels-last, as both want them on a CPU.

| peer    | what                                                                                  |
|---------|---------------------------------------------------------------------------------------|
| `jax`   | `jax.lax` convolutions and pooling, one `jax.jit` of the whole step, Adam as published |
| `keras` | layers of Keras 3 on TensorFlow, `train_on_batch` and a compiled call                   |

Both run on as many processors as they are given threads: neither has a setting that all its pools follow.
"""

import json
import os
import pathlib
import sys
import tomllib

from worker import Unsupported, difference, imported, one, serve, timed, versions

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}
os.environ |= {f"TF_NUM_{kind}_THREADS": str(THREADS) for kind in ("INTRAOP", "INTEROP")}

try:
    import numpy
except ImportError:
    numpy = None

PEERS = ("jax", "keras")
BATCHES = 8  # as in serve.rs: on a single batch a network soon has nothing left to learn


class Task:
    """A family's recipe, sizes and the zoo's own results."""

    def __init__(self, family):
        self.reference = json.loads((pathlib.Path(sys.argv[1]) / f"{family}.check.json").read_text())
        self.recipe = tomllib.loads(self.reference["recipe"])
        self.shape, self.classes = self.reference["shape"], self.reference["classes"]
        self.kind, self.model = next(iter(self.recipe["model"].items()))
        if self.kind == "speednet" or self.model.get("batch_norm") or self.model.get("dropout") or self.model.get("activation", "relu") not in ("relu", "elu"):
            raise Unsupported("only plain networks are written in it")
        self.binary = one(self.recipe["loss"])[0] == "binary_cross_entropy"
        (kind, self.adam), (schedule,) = one(self.recipe["optimizer"]), self.recipe["schedule"].values()
        decay, l2 = one(self.recipe["regularization"]["weight_decay"])
        if kind != "adam" or decay not in ("none", "l2"):
            raise ValueError(f"the benchmark knows Adam with L2 decay alone, not {kind} with {decay}")
        self.rate, self.l2 = schedule["learning_rate"], l2.get("rate", 0.0)
        self.weights = {name: numpy.array(values, numpy.float32).reshape(size) for name, size, values in self.reference["weights"]}

    def arrange(self, inputs):
        """Images channels-last, rows as they are."""
        inputs = numpy.asarray(inputs, numpy.float32).reshape(-1, *self.shape)
        return numpy.ascontiguousarray(inputs.transpose(0, 2, 3, 1)) if self.kind == "cnn" else inputs.reshape(len(inputs), -1)

    def kernels(self):
        """Weights with convolutions as `[height, width, inputs, outputs]`; linear ones are `[inputs, outputs]` in the zoo, too."""
        turned = lambda value: numpy.ascontiguousarray(value.transpose(2, 3, 1, 0)) if value.ndim == 4 else value
        return {name: turned(value) for name, value in self.weights.items()}


class Jax:
    def __init__(self, task):
        self.jax, self.task = *imported("jax"), task
        jax, adam = self.jax, task.adam
        numeric = jax.numpy
        self.parameters = jax.tree.map(numeric.asarray, task.kernels())
        # Each a buffer of its own: a step writes over them.
        zeros = lambda: jax.tree.map(numeric.zeros_like, self.parameters)
        self.state = (self.parameters, zeros(), zeros(), 0)
        activation = {"relu": jax.nn.relu, "elu": jax.nn.elu}[task.model.get("activation", "relu")]

        def convolve(x, p, name, padding):
            y = jax.lax.conv_general_dilated(x, p[f"{name}.weight"], (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
            return y + p[f"{name}.bias"]

        def pooled(x, start, operation):
            return jax.lax.reduce_window(x, start, operation, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

        def logits(p, x):
            if task.kind == "cnn":
                x = jax.nn.relu(pooled(convolve(x, p, "conv1", "SAME"), -numeric.inf, jax.lax.max))
                for name in ("conv2", "conv3"):
                    x = pooled(jax.nn.relu(convolve(x, p, name, "SAME")), 0.0, jax.lax.add) / 4
                x = jax.nn.relu(convolve(x, p, "conv4", "VALID")).reshape(len(x), -1)
            for place in range(len(task.model.get("hidden", []))):
                x = activation(x @ p[f"hidden.{place}.linear.weight"] + p[f"hidden.{place}.linear.bias"])
            return x @ p["output.weight"] + p["output.bias"]

        def loss(p, x, labels):
            z = logits(p, x)
            if task.binary:
                z, y = z[:, 0], labels.astype(numeric.float32)
                return numeric.mean(jax.nn.softplus(z) - z * y)
            return -numeric.mean(jax.nn.log_softmax(z)[numeric.arange(len(z)), labels])

        def step(state, x, labels):
            p, first, second, count = state
            value, gradient = jax.value_and_grad(loss)(p, x, labels)
            count, (b1, b2) = count + 1, (adam["beta1"], adam["beta2"])
            gradient = jax.tree.map(lambda g, w: g + task.l2 * w, gradient, p)
            first = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, first, gradient)
            second = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, second, gradient)
            move = lambda w, m, v: w - task.rate * (m / (1 - b1**count)) / (numeric.sqrt(v / (1 - b2**count)) + adam["epsilon"])
            return (jax.tree.map(move, p, first, second), first, second, count), value

        self.step, self.logits = jax.jit(step, donate_argnums=0), jax.jit(logits)

    def to_device(self, values):
        return self.jax.numpy.asarray(values)

    def train_step(self, x, labels):
        self.state, loss = self.step(self.state, x, labels)
        return float(loss)

    def infer(self, x):
        return numpy.asarray(self.logits(self.state[0], x))


class Keras:
    def __init__(self, task):
        keras, tensorflow = imported("keras", "tensorflow")
        self.tensorflow, layers = tensorflow, keras.layers
        activation = task.model.get("activation", "relu")
        kernels, stack = task.kernels(), []
        if task.kind == "cnn":
            stack += [layers.Conv2D(32, 5, padding="same", name="conv1"), layers.MaxPooling2D(2), layers.ReLU()]
            for name, width in (("conv2", 32), ("conv3", 64)):
                stack += [layers.Conv2D(width, 5, padding="same", activation="relu", name=name), layers.AveragePooling2D(2)]
            stack += [layers.Conv2D(64, 4, activation="relu", name="conv4"), layers.Flatten()]
        for place, width in enumerate(task.model.get("hidden", [])):
            stack.append(layers.Dense(width, activation=activation, name=f"hidden.{place}.linear"))
        stack.append(layers.Dense(kernels["output.bias"].size, name="output"))
        shape = (task.shape[1], task.shape[2], task.shape[0]) if task.kind == "cnn" else (int(numpy.prod(task.shape)),)
        self.model = keras.Sequential([keras.Input(shape), *stack])
        for layer in self.model.layers:
            if f"{layer.name}.weight" in kernels:
                layer.set_weights([kernels[f"{layer.name}.weight"], kernels[f"{layer.name}.bias"]])
        loss = keras.losses.BinaryCrossentropy(from_logits=True) if task.binary else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        if task.l2:
            raise Unsupported("Keras has no L2 decay in its optimizer")
        adam = task.adam
        optimizer = keras.optimizers.Adam(task.rate, adam["beta1"], adam["beta2"], adam["epsilon"])
        self.model.compile(optimizer, loss)
        self.call = tensorflow.function(lambda x: self.model(x, training=False))

    def to_device(self, values):
        return self.tensorflow.constant(values)

    def train_step(self, x, labels):
        # The mean over all batches so far, unless it is told to begin anew.
        self.model.reset_metrics()
        return float(self.model.train_on_batch(x, labels))

    def infer(self, x):
        return self.call(x).numpy()


def network(peer, task):
    return {"jax": Jax, "keras": Keras}[peer](task)


COMPILED = {}


def kept_network(peer, case):
    """Compiling it again for every burst would take longer than all the rest."""
    key = (peer, case["family"], case["workload"], case["batch"])
    if key not in COMPILED:
        task = Task(case["family"])
        COMPILED[key] = (network(peer, task), task)
    return COMPILED[key]


def describe(_):
    others = versions([("jax", "JAX"), ("keras", "Keras"), ("tensorflow", "TensorFlow")])
    return {"threads": THREADS, "kernels": None, "torch": None, "others": others}


def check(request):
    """Starts from the zoo's weights and must come to the zoo's logits and losses; what is not there is left out."""
    if numpy is None:
        return "this Python has no numpy, so nothing is compared"
    compared = []
    for peer in PEERS:
        try:
            task = Task(request["family"])
            built = network(peer, task)
        except Unsupported:
            continue
        reference, evidence = task.reference, task.reference["evidence"]
        x, labels = built.to_device(task.arrange(reference["inputs"])), built.to_device(numpy.array(reference["labels"], numpy.int32))
        before = difference(evidence["logits_before"], built.infer(x))
        losses = difference(evidence["losses"], [built.train_step(x, labels) for _ in evidence["losses"]])
        after = difference(evidence["logits_after"], built.infer(x))
        if not (before <= reference["tolerance_before"] and max(losses, after) <= reference["tolerance_after"]):
            raise ValueError(
                f"{request['family']}: zoo and {peer} disagree: logits differ by {before:.1e} before training, losses by {losses:.1e} and logits "
                f"by {after:.1e} after some steps, as fractions of the largest"
            )
        compared.append(f"{peer} {before:.1e}")
    return "apart from the zoo, in parts of the largest logit: " + (", ".join(compared) or "nothing is there to compare")


def measure(request):
    case, peer = request["case"], request["peer"]
    if numpy is None:
        raise Unsupported("this Python cannot import numpy")
    (built, task), random = kept_network(peer, case), numpy.random.default_rng(1)
    batch = lambda: built.to_device(task.arrange(random.random((case["batch"], *task.shape), numpy.float32)))
    if case["workload"] == "inference":
        x = batch()
        work = lambda: built.infer(x)
    elif case["workload"] == "train_step":
        labels = lambda: built.to_device(random.integers(0, task.classes, case["batch"]).astype(numpy.int32))
        batches, place = [(batch(), labels()) for _ in range(BATCHES)], iter(range(1 << 60))
        work = lambda: built.train_step(*batches[next(place) % BATCHES])
    else:
        raise Unsupported("it is measured by its steps alone")
    return timed(work, request)


ANSWERS = {"describe": describe, "check": check, "measure": measure}


if __name__ == "__main__":
    serve(ANSWERS)
