"""Kills a training run again and again and resumes it: every time it must reach the bits of the unbroken run.

    python3 tests/kills.py target/debug/trainer [KILLS]

First, where there is strace, at every call by which a run makes its files and folders lasting (before it, which is after the one
before); then at random moments until there were KILLS in all, 200 if not given. Ends with the figures, and with 1 if one was wrong.
"""

import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

RUN = "--model softmax_digits --epochs 12 --offline --threads 1 --progress none".split()
CALLS = ["mkdir", "flock", "fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat"]


def sha256_of(folder):
    """The weights' sha256, if report and weights agree on it."""
    stated = json.loads((folder / "report.json").read_text())["weights_sha256"]
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    return found if found == stated else f"{found}, stated is {stated}"


def go_on(trainer, folder):
    """What made a killed run whole, and what is wrong with it now."""
    way = "resumed"
    ended = subprocess.run([trainer, "--resume", folder, "--progress", "none"], capture_output=True, text=True)
    if ended.returncode == 2 and re.search("never started|is not a run folder", ended.stderr):
        way = "started anew, as it never started"
        ended = subprocess.run([trainer, *RUN, "--out", folder], capture_output=True, text=True)
    if ended.returncode:
        return way, f"a dead end: {ended.stderr.strip()}"
    left = [str(path) for path in folder.rglob("*.part")]
    return way, f"{left} are left" if left else None


def moments(trainer, scratch, kills):
    """Command lines before the trainer's own, and seconds after which to kill where they do not."""
    count = 0
    if shutil.which("strace"):
        log = scratch / "calls"
        strace = ["strace", "-f", "-qq", "-o", log, "-e", "signal=none"]
        subprocess.run([*strace, "-e", "trace=" + ",".join(f"?{call}" for call in CALLS), trainer, *RUN, "--out", scratch / "traced"], check=True, stdout=subprocess.DEVNULL)
        calls = Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))
        for call in CALLS:
            for number in range(1, calls[call] + 1):
                count += 1
                yield f"before {call} {number}", [*strace, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"], None
    started = time.monotonic()
    subprocess.run([trainer, *RUN, "--out", scratch / "timed"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    generator = random.Random(1)
    for _ in range(count, kills):
        moment = generator.uniform(0, seconds)
        yield f"after {moment:.3f} s", [], moment


def main():
    trainer, kills = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    ways, faults = Counter(), []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        subprocess.run([trainer, *RUN, "--out", scratch / "unbroken"], check=True, stdout=subprocess.DEVNULL)
        unbroken = sha256_of(scratch / "unbroken")
        for what, prefix, moment in moments(trainer, scratch, kills):
            folder = scratch / "run"
            child = subprocess.Popen([*prefix, trainer, *RUN, "--out", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if moment is not None:
                time.sleep(moment)
                child.kill()
            if child.wait() == 0:
                what += " (it was quicker)"
            way, fault = go_on(trainer, folder)
            if fault is None and (sha256 := sha256_of(folder)) != unbroken:
                fault = f"other bits: {sha256}"
            ways[(what.split()[1] if prefix else "a random moment", way)] += 1
            faults += [f"killed {what}: {fault}"] if fault else []
            shutil.rmtree(folder, ignore_errors=True)
    for (where, way), count in ways.items():
        print(f"{count:4} killed at {where}: {way}")
    print(f"{sum(ways.values())} kills, {len(faults)} dead ends or other bits", *faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
