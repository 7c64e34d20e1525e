"""What the tests of statistics.go and of the effective rank are held against, by numpy and
scipy, from the definitions: dense matrices, all resamples one by one.

    /usr/bin/python3 statistics.py > statistics.json
"""
import itertools
import json

import numpy as np
from scipy import optimize, stats

rng = np.random.RandomState(16)


def holm(p):
    order, out, least = np.argsort(p), np.zeros(len(p)), 0.0
    for k, i in enumerate(order):
        least = max(least, min(1.0, p[i] * (len(p) - k)))
        out[i] = least
    return list(out)


def reml(groups):
    """REML of the random intercept by the dense n x n covariance, over both variances."""
    y = np.concatenate(groups)
    z = np.zeros((len(y), len(groups)))
    at = 0
    for g, d in enumerate(groups):
        z[at:at + len(d), g] = 1
        at += len(d)
    x = np.ones((len(y), 1))

    def parts(log_sigma2, tau2):
        v = np.exp(log_sigma2) * np.eye(len(y)) + tau2 * z @ z.T
        inverse = np.linalg.inv(v)
        xvx = (x.T @ inverse @ x)[0, 0]
        mu = (x.T @ inverse @ y)[0] / xvx
        return v, inverse, xvx, mu

    def deviance(a):
        v, inverse, xvx, mu = parts(a[0], a[1] ** 2)
        r = y - mu
        return np.linalg.slogdet(v)[1] + np.log(xvx) + r @ inverse @ r

    best = None
    for start in itertools.product([-8, -4, 0], [0.001, 0.1, 1]):
        f = optimize.minimize(deviance, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 20000})
        if best is None or f.fun < best.fun:
            best = f
    sigma2, tau2 = np.exp(best.x[0]), best.x[1] ** 2
    _, _, xvx, mu = parts(best.x[0], tau2)
    se, freedom = xvx ** -0.5, len(groups) - 1
    half = stats.t.ppf(0.975, freedom) * se
    return {"groups": [list(g) for g in groups], "mean": mu, "low": mu - half, "high": mu + half,
            "p": 2 * stats.t.sf(abs(mu) / se, freedom), "graph_sd": np.sqrt(tau2), "seed_sd": np.sqrt(sigma2)}


def best_of(tests):
    """The exact bootstrap distribution: every resample of the seeds of one graph."""
    tests, wins = np.array(tests), np.zeros(len(tests))
    n = tests.shape[1]
    for draw in itertools.product(range(n), repeat=n):
        means = tests[:, list(draw)].mean(axis=1)
        equal = means > means.max() - 1e-9
        wins += equal / equal.sum()
    return list(wins / n ** n)


def best_over(tests):
    """The same over two graphs: graphs are drawn, then seeds in each."""
    methods, wins, count = len(tests), np.zeros(len(tests)), 0
    graphs = len(tests[0])
    for drawn in itertools.product(range(graphs), repeat=graphs):
        seeds = [itertools.product(range(len(tests[0][g])), repeat=len(tests[0][g])) for g in drawn]
        for draw in itertools.product(*seeds):
            means = np.array([sum(np.mean([tests[m][g][s] for s in picked]) for g, picked in zip(drawn, draw)) for m in range(methods)])
            equal = means > means.max() - 1e-9
            wins += equal / equal.sum()
            count += 1
    return list(wins / count)


def rank(x):
    s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    p = s[s > 1e-9] / s.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.9, 0.04]
balanced = [list(0.01 + m + 0.01 * rng.randn(6)) for m in 0.02 * rng.randn(5)]
unbalanced = [list(-0.02 + m + 0.015 * rng.randn(n)) for n, m in zip([4, 7, 3], 0.03 * rng.randn(3))]
flat = [list(0.003 + 0.01 * np.array([-1, 1, -2, 2, s])) for s in (0.1, -0.1, 0.05)]  # no spread between graphs
tests = [[0.80, 0.82, 0.79, 0.83, 0.81], [0.81, 0.81, 0.80, 0.82, 0.80], [0.78, 0.84, 0.80, 0.80, 0.81]]
over = [[[0.8, 0.82, 0.79], [0.6, 0.64, 0.61]], [[0.81, 0.80, 0.80], [0.63, 0.60, 0.62]]]
layer = rng.randn(12, 4) @ np.diag([3, 1, 0.2, 0])
print(json.dumps({
    "holm": {"p": p, "adjusted": holm(p)},
    "mixed": [reml(balanced), reml(unbalanced), reml(flat)],
    "best": {"tests": [[g] for g in tests], "probability": best_of(tests)},
    "over": {"tests": over, "probability": best_over(over)},
    "rank": {"layer": layer.tolist(), "rank": rank(layer)},
}, indent=1))
