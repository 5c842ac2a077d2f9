"""Training on a GPU, by the zoo on cuda and wgpu and by PyTorch, eager and compiled: examples per second, as JSON.

    python crates/bench/gpu.py > results/gpu.json
    python crates/bench/gpu.py --devices flex --torch-device cpu --batches 32 --steps 20      # that it works, on any CPU

Each measurement trains on noise of the shape of the recipe's data, in host memory as bytes: gathered, normalized, put on
the device, one step; losses and hits stay on the device and are read every 100 steps; the next batch is made on another
thread. One epoch comes first, in which kernels are compiled and chosen; what is printed is the median of the epochs after
it. Needs torch alone, and cargo or a built program: `--program target/release/examples/throughput`.
"""

import argparse
import itertools
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

import torch
from pytorch_peer import Batcher, TimedNetwork

ROOT = pathlib.Path(__file__).resolve().parents[2]
READ_EVERY = 100  # as in ahead.rs


def main():
    options = parse()
    program = options.program or build(options.devices)
    results = []
    for model, batch in itertools.product(options.models, options.batches):
        of_zoo = None
        for device in options.devices:
            size = ["--batch-size", str(batch), "--steps", str(options.steps), "--epochs", str(options.epochs)]
            result = attempt(zoo, "zoo", device, model, batch, [program, "--model", model, "--device", device, *size])
            of_zoo = result.pop("made_of", of_zoo)
            results.append(result)
        for peer in ("pytorch", "pytorch_compile") if of_zoo else ():
            results.append(attempt(pytorch, peer, options.torch_device, model, batch, of_zoo, peer, options))
    machine = {"card": card(options.torch_device), "torch": torch.__version__, "cuda": torch.version.cuda}
    json.dump({**machine, "tf32": tf32(), "results": results}, sys.stdout, indent=1)
    print()


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", nargs="+", default=["cuda", "wgpu"], help="the zoo's")
    parser.add_argument("--torch-device", default="cuda")
    parser.add_argument("--models", nargs="+", default=["cnn_cifar10", "mlp_emnist"])
    parser.add_argument("--batches", nargs="+", type=int, default=[32, 128, 1024])
    parser.add_argument("--steps", type=int, default=300, help="an epoch")
    parser.add_argument("--epochs", type=int, default=3, help="timed ones")
    parser.add_argument("--program", help="the example throughput, built with the features of these devices")
    return parser.parse_args()


def build(devices):
    command = ["cargo", "build", "--release", "-p", "trainer", "--example", "throughput", "--message-format", "json"]
    built = subprocess.run([*command, "--features", ",".join(devices)], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    return next(message["executable"] for message in messages if message.get("executable"))


def attempt(measure, peer, device, model, batch, *arguments):
    """What cannot be measured is said in its place, and the rest goes on."""
    result = {"peer": peer, "device": device, "model": model, "batch": batch}
    try:
        result |= measure(*arguments)
    except Exception as error:  # noqa: BLE001 - a driver, a compiler, too little memory: the reader must see it
        result["error"] = str(error)
    print(*(value for key, value in result.items() if key != "made_of"), file=sys.stderr, flush=True)
    return result


def zoo(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    answer = json.loads(done.stdout)
    rate = statistics.median(answer["examples_per_second"])
    return {"examples_per_second": rate, "commit": answer["commit"], "made_of": answer}


def pytorch(of_zoo, peer, options):
    """The zoo's loop in PyTorch."""
    device, batch, steps = torch.device(options.torch_device), of_zoo["batch"], options.steps
    shape, classes = of_zoo["shape"], of_zoo["classes"]
    timed = TimedNetwork(tomllib.loads(of_zoo["recipe"]), shape, classes, peer)
    timed.network.to(device).train()
    images = torch.randint(256, (batch * steps, *shape), dtype=torch.uint8)
    batcher = Batcher(images, of_zoo["normalizer"], timed.channels_last)
    labels = torch.arange(batch * steps) % classes

    def prepared(indices):
        inputs, expected = batcher.batch(indices), labels[indices]
        return (inputs.pin_memory(), expected.pin_memory()) if device.type == "cuda" else (inputs, expected)

    rates = []
    with ThreadPoolExecutor(1) as ahead:
        for _ in range(options.epochs + 1):
            start = time.perf_counter()
            epoch(timed, torch.randperm(batch * steps).split(batch), prepared, ahead, device)
            rates.append(batch * steps / (time.perf_counter() - start))
    return {"examples_per_second": statistics.median(rates[1:])}


def epoch(timed, chunks, prepared, ahead, device):
    sums = torch.zeros(2, dtype=torch.float64, device=device)
    waiting = ahead.submit(prepared, chunks[0])
    for step, following in enumerate([*chunks[1:], None], 1):
        inputs, expected = (tensor.to(device, non_blocking=True) for tensor in waiting.result())
        waiting = None if following is None else ahead.submit(prepared, following)
        timed.optimizer.zero_grad(set_to_none=True)
        logits = timed.forward(inputs)
        loss = timed.loss(logits, expected)
        loss.backward()
        timed.optimizer.step()
        hits = (timed.predicted(logits.detach()) == expected).sum()
        sums += torch.stack([loss.detach() * len(expected), hits]).double()
        if step % READ_EVERY == 0 or waiting is None:
            loss_sum, _ = sums.tolist()
            if loss_sum != loss_sum:
                raise ValueError(f"the loss is not finite after {step} steps")


def card(device):
    return torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine()


def tf32():
    return {"convolutions": torch.backends.cudnn.allow_tf32, "products": torch.backends.cuda.matmul.allow_tf32}


if __name__ == "__main__":
    main()
