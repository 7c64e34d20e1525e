"""Writes case.json beside it: a small graph, and its FastRP embeddings (arXiv
1908.11512) by dense matrices in float64, relation by relation. It shares nothing
with the Go code but the drawing of R: SplitMix64 at (seed, relation, element).
Needs numpy: python3 fastrp.py
"""
import json
import os

import numpy as np

rng = np.random.default_rng(3)
count = {"author": 7, "paper": 11, "topic": 4, "venue": 2}
relations = []
for src, rel, dst, k in [("author", "writes", "paper", 15), ("paper", "cites", "paper", 9), ("paper", "has", "topic", 12)]:
    edges = sorted({(int(rng.integers(count[src])), int(rng.integers(count[dst]))) for _ in range(k)})
    edges = [(s, d) for s, d in edges if (src, s) != ("paper", 10) and (dst, d) != ("paper", 10)]  # it has no edge
    relations.append((src, rel, dst, edges))
width, rounds, seed = 8, 5, 11


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def element(stream, i):
    golden = 0x9E3779B97F4A7C15
    draw = mix((mix((seed + golden * (stream + 1)) % 2**64) + golden * (i + 1)) % 2**64)
    return {0: -1.0, 1: 1.0}.get(((draw >> 32) * 6) >> 32, 0.0) * np.sqrt(3)


first, n = {}, 0
for name, k in count.items():
    first[name] = n
    n += k


def embed(stream, src, dst, edges):
    a = np.zeros((n, n))
    for s, d in edges:
        a[first[src] + s, first[dst] + d] = a[first[dst] + d, first[src] + s] = 1
    degree = a.sum(1, keepdims=True)
    step = a / np.maximum(degree, 1)
    r = np.array([[element(stream, v * width + d) for d in range(width)] for v in range(n)])
    x = np.zeros((n, width))
    for k in range(1, rounds + 1):
        part = np.linalg.matrix_power(step, k) @ r
        norm = np.linalg.norm(part, axis=1, keepdims=True)
        x += np.where(norm > 0, part / np.where(norm > 0, norm, 1), 0)
    return x * np.sqrt(width) / rounds


case = {
    "types": [{"name": name, "count": k} for name, k in count.items()],
    "relations": [{"src": s, "name": r, "dst": d, "edges": e} for s, r, d, e in relations],
    "width": width, "rounds": rounds, "seed": seed,
    "embeddings": [embed(i, s, d, e).tolist() for i, (s, r, d, e) in enumerate(relations)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "case.json"), "w") as f:
    json.dump(case, f, separators=(",", ":"))
    f.write("\n")
