"""The coefficients of `TAIL` in curve.rs: python fit_tail.py (needs numpy and scipy).

Fits erfc(a / sqrt 2) / 2 = t P(t) exp(-a^2 / 2), t = 1 / (1 + SPREAD a), for a from 0 to 14: the largest relative error becomes as small as
possible, by least squares whose weights grow where the error is large.
"""

import numpy as np
from scipy.special import erfcx

SPREAD, DEGREE, LARGEST, POINTS, ROUNDS = 0.3, 7, 14.0, 400, 60

nodes = (1 - np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)) / 2
least = 1 / (1 + SPREAD * LARGEST)
t = least + (1 - least) * nodes
wanted = 0.5 * erfcx((1 / t - 1) / SPREAD / np.sqrt(2)) / t
design = np.polynomial.chebyshev.chebvander(2 * t - 1, DEGREE) / wanted[:, None]

weights, best, error = np.ones(POINTS), None, np.inf
for _ in range(ROUNDS):
    found = np.linalg.lstsq(design * weights[:, None], weights, rcond=None)[0]
    off = np.abs(design @ found - 1)
    if off.max() < error:
        best, error = found, off.max()
    weights *= np.sqrt(off / off.mean() + 1e-3)
    weights /= weights.max()

series = np.polynomial.chebyshev.Chebyshev(best, domain=[0, 1])
powers = series.convert(kind=np.polynomial.Polynomial, domain=[0, 1], window=[0, 1]).coef
print("TAIL =", [float(np.float32(power)) for power in powers[::-1]])
print(f"largest relative error {error:.2e}")
