#!/usr/bin/env python3
"""A graph neural network that abkd exported, in plain PyTorch.

    python3 NAME.py          computes the logits and compares them with abkd's

    import NAME              model, graph = NAME.load()
                             logits = model(graph)      # [target nodes, classes]
                             model.state_dict()         # the weights by name

Beside this script stand NAME.safetensors, the weights; NAME.pack, the graph;
and NAME.logits.safetensors, some of the logits that abkd computed and, of a model
with label reuse, what it reads of the labels. Weights are stored [inputs,
outputs]: a layer is x @ W + b.
"""

import json
import math
import os
import struct
import sys
import warnings

try:
    import torch
    import torch.nn.functional as F
except ImportError as err:
    sys.exit(f"{err}: want PyTorch, such as from: python3 -m pip install torch")

warnings.filterwarnings("ignore", message="scatter_reduce")  # of PyTorch 1: beta

DTYPES = {"F16": (torch.float16, 2), "F32": (torch.float32, 4), "F64": (torch.float64, 8), "I64": (torch.int64, 8)}


def read_safetensors(path):
    """Returns the tensors of a safetensors file, by name, and its metadata."""
    with open(path, "rb") as f:
        data = bytearray(f.read())
    start = 8 + struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:start].decode())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        dtype, size = DTYPES[entry["dtype"]]
        first, end = entry["data_offsets"]
        flat = torch.empty(0, dtype=dtype)
        if end > first:
            flat = torch.frombuffer(data, dtype=dtype, count=(end - first) // size, offset=start + first).clone()
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


class Reader:
    """Reads the parts of a pack file, one after the other."""

    def __init__(self, data, at):
        self.data, self.at = data, at

    def number(self, code="I"):
        value = struct.unpack_from("<" + code, self.data, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return value

    def text(self):
        n = self.number()
        self.at += n
        return self.data[self.at - n:self.at].decode()

    def array(self, dtype, count):
        size = torch.empty(0, dtype=dtype).element_size()
        self.at += count * size
        if count == 0:
            return torch.empty(0, dtype=dtype)
        return torch.frombuffer(self.data, dtype=dtype, count=count, offset=self.at - count * size).clone()


class Graph:
    """A graph with typed nodes, as package abkd/gnn/graph has it."""

    def __init__(self, path):
        with open(path, "rb") as f:
            data = bytearray(f.read())
        if data[:8] != b"ABKDPACK" or struct.unpack_from("<I", data, 8)[0] != 1:
            raise ValueError(path + ": is no pack of version 1")
        r = Reader(data, 24)
        self.name = r.text()
        self.types = {}  # name: number of nodes
        self.features = {}  # name: [nodes, width], if it has any
        for _ in range(r.number()):
            self._node_type(r)
        names = list(self.types)
        self.relations = {}  # "source__name__destination": (source type, destination type, sources, destinations)
        for _ in range(r.number()):
            src, name, dst = names[r.number()], r.text(), names[r.number()]
            edges = r.number()
            degree = r.array(torch.int32, self.types[dst]).long()
            rows = torch.repeat_interleave(torch.arange(self.types[dst]), degree)
            self.relations[src + "__" + name + "__" + dst] = (src, dst, r.array(torch.int32, edges).long(), rows)
        self.target, self.classes = names[r.number()], r.number()
        self.class_names = [r.text() for _ in range(self.classes)] if r.number("B") else None
        self.labels = r.array(torch.int32, self.types[self.target]).long()
        self.splits = {}
        for _ in range(r.number()):
            name = r.text()
            self.splits[name] = {part: r.array(torch.int32, r.number()).long() for part in ("train", "valid", "test")}

    def _node_type(self, r):
        name, n, bits, form, width = r.text(), r.number(), r.number("B"), r.number("B"), r.number()
        self.types[name] = n
        if form == 1:
            self.features[name] = r.array(torch.float32, n * width).reshape(n, width)
        elif form == 2:
            scale = r.array(torch.float32, width)
            self.features[name] = r.array(torch.int8, n * width).reshape(n, width).float() * scale
        if bits & 2:
            [r.text() for _ in range(n)]  # names
        if bits & 4:
            r.array(torch.int32, n)  # years

    def with_means(self):
        """Returns the features, and for a type without any the mean, over the
        relations that reach a node, of the mean of its neighbours' features;
        from the types that have features outwards."""
        known = dict(self.features)
        if not known:
            return known
        width = known[self.target].shape[1] if self.target in known else next(iter(known.values())).shape[1]
        while True:
            sums, counts = {}, {}
            for src, dst, u, v in self.relations.values():
                if dst in known or src not in known or known[src].shape[1] != width:
                    continue
                n = self.types[dst]
                reached = torch.zeros(n).index_add_(0, v, torch.ones(len(v))) > 0
                sums[dst] = sums.get(dst, 0) + mean(known[src], u, v, n)
                counts[dst] = counts.get(dst, 0) + reached.float()
            if not sums:
                return known
            for name in sums:
                known[name] = sums[name] / counts[name].clamp(min=1)[:, None]


def mean(x, u, v, n):
    """For each of n nodes the mean of the rows x[u] whose edge ends there."""
    total = torch.zeros(n, x.shape[1]).index_add_(0, v, x[u])
    return total / torch.bincount(v, minlength=n).clamp(min=1)[:, None]


class Model(torch.nn.Module):
    """Any of the models that abkd trains; metadata says which it is."""

    def __init__(self, tensors, metadata):
        super().__init__()
        self.meta = {key[len("abkd."):]: value for key, value in metadata.items() if key.startswith("abkd.")}
        self.kind, self.count, self.target = self.meta["kind"], int(self.meta["layers"]), self.meta["target"]
        for name, tensor in tensors.items():
            # A module for each part of the name, so that the state dict has the
            # names of the file. Past add_module, which refuses names that Module
            # has itself: a node type may be called train.
            module, parts = self, name.split(".")
            for part in parts[:-1]:
                module = module._modules.setdefault(part, torch.nn.Module())
            module._parameters[parts[-1]] = torch.nn.Parameter(tensor.float())

    def forward(self, graph):
        """Returns the logits of the target nodes."""
        w = dict(self.named_parameters())
        x = self.inputs(graph, w)
        if self.kind == "rgcn":
            return self.rgcn(graph, w, x)
        x = x[self.target]
        if self.kind == "mlp":
            return self.chain(w, x, lambda l, x: x @ w["layers.%d.weight" % l])
        loop = [r for r in graph.relations.values() if r[0] == r[1] == self.target]
        _, _, u, v = loop[0]
        if self.kind == "sage":
            n = x.shape[0]
            return self.chain(w, x, lambda l, x: x @ w["layers.%d.self.weight" % l] + mean(x @ w["layers.%d.neigh.weight" % l], u, v, n))
        u, v, weight = with_loops(u, v, x.shape[0])
        if self.kind == "gcn":
            return self.chain(w, x, lambda l, x: spread(x @ w["layers.%d.weight" % l], u, v, weight))
        if self.kind == "gat":
            return self.gat(w, x, u, v)
        return self.gcnii(w, x, u, v, weight)

    def inputs(self, graph, w):
        features = graph.with_means() if self.meta["inputs"] == "means" else graph.features
        x = {}
        for name in graph.types:
            if "embed.%s" % name in w:
                x[name] = w["embed.%s" % name]
            elif name in features:
                x[name] = features[name]
                if self.meta.get("row_normalise") == "true":
                    total = x[name].abs().sum(1, keepdim=True)
                    x[name] = torch.where(total > 0, x[name] / total, torch.zeros(()))
                if "encode.%s.weight" % name in w:
                    x[name] = x[name] @ w["encode.%s.weight" % name] + w["encode.%s.bias" % name]
        return x

    def rgcn(self, graph, w, x):
        for l in range(self.count):
            y = {name: x[name] @ w["layers.%d.self.%s.weight" % (l, name)] + w["layers.%d.self.%s.bias" % (l, name)] for name in x}
            for name, (src, dst, u, v) in graph.relations.items():
                y[dst] = y[dst] + mean(x[src], u, v, graph.types[dst]) @ w["layers.%d.rel.%s.weight" % (l, name)]
            x = y if l == self.count - 1 else {name: F.relu(value) for name, value in y.items()}
        if self.meta.get("label_reuse") == "true":
            share = w["labels.weight"]  # [channels, classes]
            return x[self.target] + (graph.label_inputs.reshape(-1, *share.shape) * share).sum(1)
        return x[self.target]

    def chain(self, w, x, layer):
        for l in range(self.count):
            x = layer(l, x) + w["layers.%d.bias" % l]
            if l < self.count - 1:
                x = F.relu(x)
        return x

    def gat(self, w, x, u, v):
        n = x.shape[0]
        for l in range(self.count):
            src, dst = w["layers.%d.att_src" % l], w["layers.%d.att_dst" % l]
            z = (x @ w["layers.%d.weight" % l]).reshape(n, src.shape[0], src.shape[1])
            score = F.leaky_relu((z * src).sum(-1)[u] + (z * dst).sum(-1)[v], 0.2)
            top = torch.full((n, src.shape[0]), -math.inf).scatter_reduce(0, v[:, None].expand_as(score), score, "amax")
            share = (score - top[v]).exp()
            share = share / torch.zeros(n, src.shape[0]).index_add(0, v, share)[v]
            y = torch.zeros_like(z).index_add(0, v, share[:, :, None] * z[u])
            if l < self.count - 1:
                x = F.elu(y.reshape(n, -1) + w["layers.%d.bias" % l])
            else:
                x = y.mean(1) + w["layers.%d.bias" % l]
        return x

    def gcnii(self, w, x, u, v, weight):
        alpha, lam = max(float(self.meta["alpha"]), 0), float(self.meta["lambda"])
        first = F.relu(x @ w["input.weight"] + w["input.bias"])
        x = first
        for l in range(self.count):
            beta = math.log(lam / (l + 1) + 1)
            s = (1 - alpha) * spread(x, u, v, weight) + alpha * first
            x = F.relu((1 - beta) * s + beta * (s @ w["layers.%d.weight" % l]))
        return x @ w["output.weight"] + w["output.bias"]


def with_loops(u, v, n):
    """Returns the edges with a loop at each node, and their weights in
    D^-1/2 (A + I) D^-1/2, where D counts the edges that arrive, and 1."""
    root = (torch.bincount(v, minlength=n) + 1).double().rsqrt()
    every = torch.arange(n)
    u, v = torch.cat([u, every]), torch.cat([v, every])
    return u, v, (root[u] * root[v]).float()


def spread(x, u, v, weight):
    return torch.zeros_like(x).index_add(0, v, weight[:, None] * x[u])


def load(stem=os.path.splitext(os.path.abspath(__file__))[0]):
    """Returns the model and the graph in the files beside this script."""
    model, graph = Model(*read_safetensors(stem + ".safetensors")), Graph(stem + ".pack")
    graph.label_inputs = read_safetensors(stem + ".logits.safetensors")[0].get("label_inputs")
    return model, graph


def main():
    torch.set_grad_enabled(False)
    stem = os.path.splitext(os.path.abspath(__file__))[0]
    model, graph = load(stem)
    logits = model(graph)
    tensors, metadata = read_safetensors(stem + ".logits.safetensors")
    want = tensors["logits"]
    got = logits[::int(metadata["step"])]
    if got.shape != want.shape:
        sys.exit("logits are %s, want %s" % (list(got.shape), list(want.shape)))
    error = ((got - want).abs().max() / want.abs().max().clamp(min=1e-30)).item()
    print("%s, %d weights, on %s" % (model.kind, sum(p.numel() for p in model.parameters()), graph.name))
    print("logits of %d nodes differ from abkd's by %.3g of the largest" % (len(want), error))
    for name, parts in graph.splits.items():
        right = {part: (logits[nodes].argmax(1) == graph.labels[nodes]).float().mean().item() for part, nodes in parts.items() if len(nodes)}
        print("split %s: accuracy %s" % (name, ", ".join("%s %.2f %%" % (part, 100 * value) for part, value in right.items())))
    if not error <= 1e-4:
        sys.exit("that is too much, want at most 0.0001")


if __name__ == "__main__":
    main()
