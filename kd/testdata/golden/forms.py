"""Golden cases of ABKD's forms, by PyTorch's autograd in float64.

    /usr/bin/python3 forms.py       writes criterion-abkd-energy and the others listed at the end beside it

The formulas are those of DESIGN.md: what D is, which layers are compared, which
pairs the attention learns to weigh.
"""
import json
import os

import torch

from spread import write

torch.manual_seed(61)
DIM = 5
SHIFT = 6  # of the pairs of others: what the test draws


def l2(x):
    return x / x.norm(dim=-1, keepdim=True).clamp_min(1e-12)


class Reverse(torch.autograd.Function):
    """The identity, with the opposite gradient."""

    @staticmethod
    def forward(_, x):
        return x.view_as(x)

    @staticmethod
    def backward(_, grad):
        return -grad


def energy(teacher, student, _):
    maps = [[(x ** 2).sum(1) / (x ** 2).sum(1).norm() for x in layers] for layers in (teacher, student)]
    return [[((s - t) ** 2).sum() for s in maps[1]] for t in maps[0]]


def subspace(teacher, student, _):
    def share(t, s):
        t, s = t - t.mean(0), s - s.mean(0)
        u, sigma, _ = torch.linalg.svd(t, full_matrices=False)
        h = min(s.shape[1], int((sigma ** 2 > 1e-6 * sigma[0] ** 2).sum()))
        g = s.T @ s
        g = g + 1e-3 * g.diagonal().mean() * torch.eye(len(g), dtype=g.dtype)
        c = u[:, :h].T @ s
        return 1 - torch.trace(c @ torch.linalg.solve(g, c.T)) / h
    return [[share(t, s) for s in student] for t in teacher]


def relations(teacher, student, case):
    rows = len(student[0])
    others = torch.stack([torch.arange(rows), (torch.arange(rows) + SHIFT) % rows], 1)
    kinds = [e for e in case["relations"] if len(e)] + [others]

    def cosines(x, pairs):
        return (l2(x)[pairs[:, 0]] * l2(x)[pairs[:, 1]]).sum(1)
    return [[sum(((cosines(s, e) - cosines(t, e)) ** 2).mean() for e in kinds) / len(kinds) for s in student] for t in teacher]


def readout(t, logits):
    c, z = t - t.mean(0), logits - logits.mean(0)
    g = c.T @ c
    w = torch.linalg.solve(g + 1e-3 * g.diagonal().mean() * torch.eye(len(g), dtype=g.dtype), c.T @ z)
    return w, (logits.mean(0) - t.mean(0) @ w).reshape(1, -1)


def posterior(teacher, student, case):
    out = []
    for i, t in enumerate(teacher):
        w, b = readout(t, teacher[-1])
        case["out"]["readout.teacher.%d.weight" % i], case["out"]["readout.teacher.%d.bias" % i] = w, b
        p = torch.log_softmax(t @ w + b, 1)
        row = []
        for j, s in enumerate(student):
            q = torch.log_softmax(s @ case["params"]["readout.student.%d.weight" % j] + case["params"]["readout.student.%d.bias" % j], 1)
            row.append((p.exp() * (p - q)).sum(1).mean())
        out.append(row)
    return out


def embedding(teacher, student, case):
    params, o = case["params"], case["criterion"]

    def points(who, layers):
        for i, x in enumerate(layers):
            z = x if o.get("granularity") == "per-node" else x.mean(0, keepdim=True)
            y = l2(z @ params["embedding.%s.%d.weight" % (who, i)])
            if o.get("subspace", True):
                p = params["subspace"]
                y = y @ (p * DIM ** 0.5 / p.norm())
            yield l2(y) if o.get("renormalise") else y
    return [[((u - w) ** 2).sum(1).mean() for w in points("student", student)] for u in points("teacher", teacher)]


FORMS = {"embedding": embedding, "energy": energy, "subspace": subspace, "relations": relations, "posterior": posterior}


def attention(teacher, student, case):
    params, o = case["params"], case["criterion"]
    apart = o.get("attend", "easy") != "easy"
    learned = {n: p for n, p in params.items() if n.startswith("attention.")}
    if o.get("attend") == "hard":
        learned = {n: Reverse.apply(p) for n, p in learned.items()}
    means = [[x.mean(0).detach() if apart else x.mean(0) for x in layers] for layers in (teacher, student)]
    a = torch.stack([t @ learned["attention.teacher.%d.weight" % i] for i, t in enumerate(means[0])])
    b = torch.stack([s @ learned["attention.student.%d.weight" % j] for j, s in enumerate(means[1])])
    z = a @ b.T / DIM ** 0.5
    softmax = o.get("softmax", "row")
    lt, ls = len(teacher) - case["left_out"], len(student) - case["left_out"]
    z = z[:lt, :ls]
    if softmax == "global":
        w = lt * torch.softmax(z.reshape(-1), 0).reshape(lt, ls)
    elif softmax == "uniform":
        w = torch.full_like(z, 1 / ls)
    else:
        w = torch.softmax(z, {"row": 1, "column": 0}[softmax])
    whole = torch.zeros(len(teacher), len(student), dtype=w.dtype)
    whole[:lt, :ls] = w
    return whole, lt


def agreement(d, student, task):
    """The cosine between the gradient of each D_ij and the task's, at S_j."""
    def cosine(j, x):
        g, = torch.autograd.grad(x, student[j], retain_graph=True)
        return (g * task[j]).sum() / (g.norm() * task[j].norm())
    return torch.stack([torch.stack([cosine(j, x) for j, x in enumerate(row)]) for row in d])


def parameters(criterion, teacher, student):
    shapes = {}
    for who, widths in (("teacher", teacher), ("student", student)):
        for i, width in enumerate(widths):
            shapes["attention.%s.%d.weight" % (who, i)] = (width, DIM)
            if criterion["dissimilarity"] == "embedding":
                shapes["embedding.%s.%d.weight" % (who, i)] = (width, DIM)
            if criterion["dissimilarity"] == "posterior" and who == "student":
                shapes["readout.student.%d.weight" % i] = (width, teacher[-1])
                shapes["readout.student.%d.bias" % i] = (1, teacher[-1])
    if criterion["dissimilarity"] == "embedding":
        shapes["subspace"] = (DIM, DIM)
    return {name: (0.6 * torch.randn(*shape, dtype=torch.float64)).requires_grad_() for name, shape in shapes.items()}


def case(name, rows, teacher, student, **switches):
    criterion = dict({"kind": "abkd", "dim": DIM}, **switches)
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump({"name": name, "kind": "criterion", "criterion": criterion}, f, indent=1)
    t = [torch.relu(0.4 + torch.randn(rows, w, dtype=torch.float64)) for w in teacher[:-1]] + [torch.randn(rows, teacher[-1], dtype=torch.float64)]
    s = [(0.3 + torch.randn(rows, w, dtype=torch.float64)).requires_grad_() for w in student]
    edges = [torch.randint(rows, (n, 2)) for n in (17, 9, 0)]
    edges = [torch.unique(e, dim=0) for e in edges]
    c = {"criterion": criterion, "params": parameters(criterion, teacher, student), "relations": edges, "left_out": int(switches.get("hidden_only", False)), "out": {}}
    d = FORMS[criterion["dissimilarity"]](t, s, c)
    d = torch.stack([torch.stack(row) for row in d])
    a, lt = attention(t, s, c)
    loss = (a * d).sum() / lt
    out = {"edges": edges[0]}
    if switches.get("attend") == "helpful":
        task = [torch.randn_like(x) for x in s]
        for j, x in enumerate(task):
            out["task.layers.%d" % j] = x
        helps = agreement(d, s, task)
        out["out.agreement"] = helps
        ((a.detach() * d).sum() / lt - (a * helps).sum() / lt).backward()
    else:
        loss.backward()
    if criterion["dissimilarity"] == "relations":
        out.update({"relations.%d" % r: e for r, e in enumerate(edges)})
    for i, x in enumerate(t):
        out["teacher.layers.%d" % i] = x
    zero = torch.zeros_like
    for j, x in enumerate(s):
        out["student.layers.%d" % j], out["grad.student.layers.%d" % j] = x, zero(x) if x.grad is None else x.grad
    for n, p in c["params"].items():
        out["param." + n], out["grad." + n] = p, zero(p) if p.grad is None else p.grad
    for n, x in c["out"].items():
        out["out." + n] = x
    out.update({"out.loss": loss.reshape(1), "out.attention": a, "out.dissimilarity": d})
    write(folder, out)


if __name__ == "__main__":
    for form in ("energy", "subspace", "relations", "posterior"):
        case("criterion-abkd-" + form, 12, [6, 7, 3], [4, 3], dissimilarity=form)
        case("criterion-abkd-%s-deep" % form, 12, [5, 9, 4, 3], [2, 6, 3], dissimilarity=form, softmax="column")
    case("criterion-abkd-subspace-wide", 40, [24, 3], [3, 3], dissimilarity="subspace", softmax="global")
    case("criterion-abkd-renormalised", 12, [6, 7, 3], [4, 3], dissimilarity="embedding", renormalise=True)
    case("criterion-abkd-renormalised-pernode", 12, [6, 7, 3], [4, 3], dissimilarity="embedding", renormalise=True, granularity="per-node")
    case("criterion-abkd-hard", 12, [6, 7, 3], [4, 3], dissimilarity="embedding", attend="hard")
    case("criterion-abkd-hard-energy", 12, [6, 7, 3], [4, 3], dissimilarity="energy", attend="hard", softmax="global")
    for softmax in ("row", "column", "global", "uniform"):
        case("criterion-abkd-hidden-" + softmax, 12, [6, 7, 3], [4, 5, 3], dissimilarity="embedding", hidden_only=True, softmax=softmax)
    case("criterion-abkd-helpful", 12, [6, 7, 3], [4, 3], dissimilarity="embedding", attend="helpful")
    case("criterion-abkd-helpful-pernode", 12, [6, 7, 3], [4, 5, 3], dissimilarity="embedding", attend="helpful", granularity="per-node", softmax="column")
    for form, softmax in (("energy", "global"), ("subspace", "row"), ("relations", "column"), ("posterior", "row")):
        case("criterion-abkd-helpful-" + form, 12, [6, 7, 3], [4, 3], dissimilarity=form, attend="helpful", softmax=softmax, hidden_only=form == "energy")
