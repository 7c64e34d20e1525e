"""Golden case of ABKD that pools random-walk batches, by PyTorch's autograd in float64.

    /usr/bin/python3 walks.py       writes train-walks-abkd beside it

Each step has the subgraph that the nodes of VISITED induce, as the sampler draws
them: means over visited neighbours, losses and pooled means over visited training
nodes.
"""
import json
import os

import torch

from forms import l2
from spread import write

torch.manual_seed(63)
COUNTS = {"author": 14, "paper": 30}
RELATIONS = [("author", "writes", "paper"), ("paper", "rev_writes", "author"), ("paper", "cites", "paper")]
FEATURES, CLASSES, DIM, ROOTS, LR, BETA = 8, 4, 5, 6, 0.01, 0.7
VISITED = [  # in each step, by type: what the test draws
    {"author": [0, 7, 12, 10, 6, 13], "paper": [3, 11, 24, 12, 5, 13, 7, 6, 25, 16]},
    {"author": [4, 12, 0, 10], "paper": [26, 15, 14, 4, 6, 0, 21, 23, 25, 16, 27]},
    {"author": [10, 13, 3], "paper": [1, 0, 10, 6, 23, 7, 26, 8, 24, 5]},
    {"author": [3, 2, 8, 12, 11, 0], "paper": [8, 1, 0, 2, 4, 22, 3, 17]},
    {"author": [9, 8, 6, 12, 2, 11], "paper": [18, 0, 5, 7, 16, 12, 13, 25, 26, 11, 8, 6]},
    {"author": [3, 8, 0, 13, 4], "paper": [27, 8, 17, 1, 9, 16, 12, 26, 11, 4]},
    {"author": [13, 0, 2, 8, 9], "paper": [17, 25, 16, 12, 27, 7, 22, 1, 5, 11, 26, 2, 0]},
    {"author": [8, 0, 11, 13], "paper": [10, 2, 23, 15, 14, 4, 6, 22, 19, 7]},
]


def double(*shape):
    return 0.5 * torch.randn(*shape, dtype=torch.float64)


def random_graph():
    writes = torch.unique(torch.stack([torch.randint(14, (45,)), torch.randint(30, (45,))], 1), dim=0)
    cites = torch.unique(torch.randint(30, (50, 2)), dim=0)
    return {"author__writes__paper": writes, "paper__rev_writes__author": writes.flip(1).contiguous(), "paper__cites__paper": cites}


def weights(layers, hidden):
    p = {"embed.author": double(COUNTS["author"], FEATURES)}
    widths = [FEATURES] + [hidden] * (layers - 1) + [CLASSES]
    for l in range(layers):
        for t in COUNTS:
            p["layers.%d.self.%s.weight" % (l, t)] = double(widths[l], widths[l + 1])
            p["layers.%d.self.%s.bias" % (l, t)] = double(widths[l + 1])
        for r in RELATIONS:
            p["layers.%d.rel.%s.weight" % (l, "__".join(r))] = double(widths[l], widths[l + 1])
    return p


def forward(p, layers, edges, x, visited):
    """The outputs of each layer at the visited papers."""
    h = {"paper": x[visited["paper"]], "author": p["embed.author"][visited["author"]]}
    means = {}
    for (s, r, d) in RELATIONS:
        a = torch.zeros(len(visited[d]), len(visited[s]), dtype=torch.float64)
        place = {t: {int(v): i for i, v in enumerate(visited[t])} for t in COUNTS}
        for u, v in edges["__".join((s, r, d))].tolist():
            if u in place[s] and v in place[d]:
                a[place[d][v], place[s][u]] += 1
        means[(s, r, d)] = a / a.sum(1, keepdim=True).clamp_min(1)
    out = []
    for l in range(layers):
        y = {t: h[t] @ p["layers.%d.self.%s.weight" % (l, t)] + p["layers.%d.self.%s.bias" % (l, t)] for t in COUNTS}
        for r in RELATIONS:
            y[r[2]] = y[r[2]] + means[r] @ h[r[0]] @ p["layers.%d.rel.%s.weight" % (l, "__".join(r))]
        h = y if l == layers - 1 else {t: torch.relu(v) for t, v in y.items()}
        out.append(h["paper"])
    return out


def alignment(p, teacher, student):
    def points(who, layers, name):
        return [x.mean(0) @ p["%s.%s.%d.weight" % (name, who, i)] for i, x in enumerate(layers)]
    z = torch.stack(points("teacher", teacher, "attention")) @ torch.stack(points("student", student, "attention")).T / DIM ** 0.5
    a = torch.softmax(z, 1)
    q = p["subspace"] * DIM ** 0.5 / p["subspace"].norm()
    u, w = (torch.stack([l2(x) @ q for x in points(who, layers, "embedding")]) for who, layers in (("teacher", teacher), ("student", student)))
    d = ((u[:, None] - w[None]) ** 2).sum(2)
    return (a * d).sum() / len(teacher), a


def main():
    edges, x, labels = random_graph(), torch.randn(30, FEATURES, dtype=torch.float64), torch.randint(CLASSES, (30,))
    train = torch.randperm(30)[:16].sort().values
    teacher, student = weights(3, 9), weights(2, 4)
    own = {"subspace": torch.eye(DIM, dtype=torch.float64) + 0.2 * double(DIM, DIM)}
    for who, widths in (("teacher", [9, 9, CLASSES]), ("student", [4, CLASSES])):
        for i, width in enumerate(widths):
            for name in ("attention", "embedding"):
                own["%s.%s.%d.weight" % (name, who, i)] = double(width, DIM)
    out = {"graph.features.paper": x, "graph.labels": labels, "graph.train": train}
    out.update({"graph.edges." + k: v for k, v in edges.items()})
    for name, params in (("teacher", teacher), ("student", student), ("criterion", own)):
        out.update({"param.%s.%s" % (name, k): v.clone() for k, v in params.items()})
    trained = {**{"student." + k: v for k, v in student.items()}, **{"criterion." + k: v for k, v in own.items()}}
    for v in trained.values():
        v.requires_grad_()
    table = student["embed.author"]  # of which each step updates the visited rows
    optimisers = [torch.optim.Adam([p for p in trained.values() if p is not table], lr=LR), torch.optim.SparseAdam([table], lr=LR)]
    losses, attention = [], []
    for step, nodes in enumerate(VISITED):
        visited = {t: torch.tensor(v) for t, v in nodes.items()}
        for t, v in visited.items():
            out["batch.%d.%s" % (step, t)] = v
        rows = torch.isin(visited["paper"], train)
        with torch.no_grad():
            ts = [y[rows] for y in forward(teacher, 3, edges, x, visited)]
        ss = [y[rows] for y in forward(student, 2, edges, x, visited)]
        ce = torch.nn.functional.cross_entropy(ss[-1], labels[visited["paper"]][rows])
        aux, a = alignment(own, ts, ss)
        total = ce + BETA * aux
        losses.append([total.item(), ce.item(), 0, aux.item()])
        attention.append(a.detach())
        for p in trained.values():
            p.grad = None
        total.backward()
        rows = visited["author"].sort().values
        table.grad = torch.sparse_coo_tensor(rows[None], table.grad[rows], table.shape)
        for o in optimisers:
            o.step()
    out["out.losses"], out["out.attention"] = torch.tensor(losses, dtype=torch.float64), torch.stack(attention)
    out.update({"final." + k: v for k, v in trained.items()})
    case = {"name": "train-walks-abkd", "kind": "train", "graph": {
        "node_types": [{"name": "author", "count": 14, "feature_dim": 0}, {"name": "paper", "count": 30, "feature_dim": FEATURES}],
        "relations": [dict(zip(("src", "name", "dst"), r)) for r in RELATIONS], "target": "paper", "classes": CLASSES},
        "teacher": {"kind": "rgcn", "layers": 3, "hidden": 9, "input": FEATURES},
        "student": {"kind": "rgcn", "layers": 2, "hidden": 4, "input": FEATURES},
        "criterion": {"kind": "abkd", "dim": DIM}, "beta": BETA, "steps": len(VISITED), "lr": LR, "walks": ROOTS}
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), case["name"])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump(case, f, indent=1)
    write(folder, out)


if __name__ == "__main__":
    main()
