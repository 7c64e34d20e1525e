"""Writes case.json beside it: a small graph, and what label propagation, SGC and
Correct & Smooth compute on it, by dense matrices in float64. It shares nothing
with the Go code. Needs numpy: python3 baselines.py
"""
import json
import os

import numpy as np

rng = np.random.default_rng(5)
types = [("author", 9), ("paper", 14), ("field", 5), ("venue", 2)]
count = dict(types)
first, n = {}, 0
for name, k in types:
    first[name] = n
    n += k
features = {"paper": rng.normal(size=(14, 3)), "field": rng.normal(size=(5, 3)), "venue": rng.normal(size=(2, 2))}
relations = []
for src, rel, dst, k, back in [("author", "writes", "paper", 20, True), ("paper", "cites", "paper", 12, False), ("paper", "has", "field", 11, True), ("paper", "in", "venue", 9, True)]:
    edges = {(int(rng.integers(count[src])), int(rng.integers(count[dst]) if dst != "paper" else rng.integers(13))) for _ in range(k)}
    if src == "paper":
        edges = {(s, d) for s, d in edges if s != 13}  # paper 13 has no edge
    relations.append([src, rel, dst, sorted(edges)])
    if back:
        relations.append([dst, "rev_" + rel, src, sorted((d, s) for s, d in edges)])
classes = 3
labels = [int(x) for x in rng.integers(classes, size=14)]
labels[4] = -1
train = [0, 2, 3, 4, 7, 9]


def adjacency(names, loops=False):
    a = np.zeros((n, n))
    for src, rel, dst, edges in relations:
        if rel in names:
            for s, d in edges:
                a[first[src] + s, first[dst] + d] = a[first[dst] + d, first[src] + s] = 1
    if loops:
        a[np.diag_indices(n)] = 1
    return a


def normalised(a):
    d = a.sum(1)
    root = np.where(d > 0, 1 / np.sqrt(np.maximum(d, 1)), 0)
    return root[:, None] * a * root[None, :]


def spread(s, y, alpha, rounds):
    f = y
    for _ in range(rounds):
        f = alpha * s @ f + (1 - alpha) * y
    return f


paper = slice(first["paper"], first["paper"] + 14)
everything = {r[1] for r in relations}
y = np.zeros((n, classes))
for v in train:
    if labels[v] >= 0:
        y[first["paper"] + v, labels[v]] = 1
shares = y.sum(0) / y.sum()


def propagated(names, alpha, rounds):
    f = spread(normalised(adjacency(names)), y, alpha, rounds)[paper]
    f[f.sum(1) == 0] = shares
    return f


def means():
    """Every type without features gets means of its neighbours': authors of papers here."""
    x = dict(features)
    a = np.zeros((9, 3))
    edges = next(r[3] for r in relations if r[1] == "rev_writes")
    for v in range(9):
        near = [s for s, d in edges if d == v]
        if near:
            a[v] = features["paper"][near].mean(0)
    x["author"] = a
    return x


def sgc(steps):
    """Venues have features of another width: they and their relations are left out."""
    x, m = np.zeros((n, 3)), means()
    for name in ("author", "paper", "field"):
        x[first[name]:first[name] + count[name]] = m[name]
    s = normalised(adjacency(everything - {"in", "rev_in"}, loops=True))
    return (np.linalg.matrix_power(s, steps) @ x)[paper]


weight, bias = rng.normal(size=(3, classes)), rng.normal(size=classes)


def correct_and_smooth(alpha, rounds):
    z = features["paper"] @ weight + bias
    z = np.exp(z - z.max(1, keepdims=True))
    z /= z.sum(1, keepdims=True)
    known = [v for v in train if labels[v] >= 0]
    e = np.zeros((n, classes))
    for v in known:
        e[first["paper"] + v] = np.eye(classes)[labels[v]] - z[v]
    sigma = np.abs(e).sum() / len(known)
    s = normalised(adjacency(everything))
    e = spread(s, e, alpha, rounds)[paper]
    norm = np.abs(e).sum(1, keepdims=True)
    z = z + np.where(norm > 0, sigma * e / np.where(norm > 0, norm, 1), 0)
    h = np.zeros((n, classes))
    h[paper] = z
    for v in known:
        h[first["paper"] + v] = np.eye(classes)[labels[v]]
    return spread(s, h, alpha, rounds)[paper]


case = {
    "types": [{"name": k, "count": c, "features": features[k].tolist() if k in features else None} for k, c in types],
    "relations": [{"src": r[0], "name": r[1], "dst": r[2], "edges": r[3]} for r in relations],
    "target": "paper", "classes": classes, "labels": labels, "train": train,
    "lp": [
        {"through": "", "alpha": 0.9, "rounds": 40, "scores": propagated(everything, 0.9, 40).tolist()},
        {"through": "cites,has", "alpha": 0.5, "rounds": 3, "scores": propagated({"cites", "has"}, 0.5, 3).tolist()},
    ],
    "sgc": [{"rounds": k, "features": sgc(k).tolist()} for k in (1, 2)],
    "cs": {"weight": weight.tolist(), "bias": bias.tolist(), "alpha": 0.8, "rounds": 20, "scores": correct_and_smooth(0.8, 20).tolist()},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "case.json"), "w") as f:
    json.dump(case, f, separators=(",", ":"))
    f.write("\n")
