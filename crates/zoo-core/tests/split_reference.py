"""The rules of src/split.rs once more, from their documentation alone, on a ChaCha8 written here.

Prints the values that `the_rules_are_the_documented_ones` in src/split.rs compares. Python's standard library is enough.
"""

import math
import struct

ROUNDS = 8
QUARTERS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]


def chacha_block(key, counter):
    """64 bytes: Bernstein's ChaCha with a 64-bit counter and a nonce of zeros."""
    start = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", struct.pack("<2Q", counter, 0))
    words = list(start)
    for a, b, c, d in QUARTERS * (ROUNDS // 2):
        for x, y, z, turn in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)]:
            words[x] = (words[x] + words[y]) % 2**32
            mixed = words[z] ^ words[x]
            words[z] = (mixed << turn | mixed >> (32 - turn)) % 2**32
    return struct.pack("<16I", *((new + old) % 2**32 for new, old in zip(words, start)))


class Stream:
    def __init__(self, seed, purpose, major=0, minor=0):
        key = struct.pack("<4Q", seed, purpose, major, minor)
        self.words = (word for counter in range(2**64) for (word,) in struct.iter_unpack("<Q", chacha_block(key, counter)))

    def below(self, bound):
        return next(self.words) * bound >> 64

    def shuffle(self, items):
        for last in range(len(items) - 1, 0, -1):
            chosen = self.below(last + 1)
            items[chosen], items[last] = items[last], items[chosen]


def by_class(labels):
    return [[index for index, label in enumerate(labels) if label == wanted] for wanted in range(256)]


def stratified_holdout(labels, fraction, seed):
    classes = by_class(labels)
    wanted = [len(members) * fraction for members in classes]
    quotas = [math.floor(share) for share in wanted]
    missing = math.floor(len(labels) * fraction + 0.5) - sum(quotas)
    for label in sorted(range(256), key=lambda label: quotas[label] - wanted[label])[:missing]:
        quotas[label] += 1
    stream, held = Stream(seed, 1), []
    for members, quota in zip(classes, quotas):
        stream.shuffle(members)
        held += members[:quota]
    return sorted(held)


def stratified_k_fold(labels, folds, seed):
    classes, stream = by_class(labels), Stream(seed, 2)
    for members in classes:
        stream.shuffle(members)
    dealt = sum(classes, [])
    return [sorted(dealt[fold::folds]) for fold in range(folds)]


def epoch_order(count, seed, epoch):
    order = list(range(count))
    Stream(seed, 3, epoch).shuffle(order)
    return order


if __name__ == "__main__":
    labels = [index % 3 for index in range(20)]
    print("holdout", stratified_holdout(labels, 0.3, 42))
    print("folds", stratified_k_fold(labels, 4, 42))
    print("order", epoch_order(20, 42, 1))
