"""What all workers in Python share: `src/protocol.rs` on standard input and output."""

import json
import os
import pathlib
import signal
import sys
import time


class Unsupported(Exception):
    """A peer that cannot do it; the others go on without it."""


def imported(*names):
    """The modules of these names."""
    try:
        return [__import__(name) for name in names]
    except ImportError as error:
        raise Unsupported(f"this Python cannot import {names[0]}: {error}") from error


def versions(modules):
    """Those of `(name, title)` that are there, with their versions."""
    told = []
    for name, title in modules:
        try:
            told.append(f"{title} {imported(name)[0].__version__.split('-')[0]}")
        except Unsupported:
            pass
    return ", ".join(told) or None


def one(choice):
    """The name of a recipe's choice, and its keys: `"none"` has none, `{"l2": {"rate": 0.1}}` has."""
    return (choice, {}) if isinstance(choice, str) else next(iter(choice.items()))


def difference(expected, found):
    """The largest difference, as a fraction of the largest value expected."""
    (numpy,) = imported("numpy")
    expected, found = (numpy.asarray(values, numpy.float64).flatten() for values in (expected, found))
    if expected.shape != found.shape:
        raise ValueError(f"{expected.shape} values expected, found {found.shape}")
    return (numpy.abs(found - expected).max() / max(numpy.abs(expected).max(), 1e-30)).item()


def layer_part(layer, part):
    """What the zoo has left of a layer, `inputs`, `weight` and so on: the bytes of little-endian f32."""
    return bytearray((pathlib.Path(sys.argv[1]) / f"layer.{layer['name']}.{part}").read_bytes())


def timed(work, request):
    """The seconds of each repeat, after some that do not count."""
    for _ in range(request["warmup"]):
        work()
    seconds = []
    for _ in range(request["repeats"]):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


def serve(answers):
    """Answers each line of standard input with one on standard output, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # end at once on Ctrl-C, without a traceback
    # Libraries write where they like; answers alone go to the standard output.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            request = json.loads(line)
            reply = {"answer": answers[request["request"]](request)}
        except Unsupported as reason:
            reply = {"unsupported": str(reason)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked must hear it
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=output, flush=True)
