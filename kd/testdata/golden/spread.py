"""Golden cases of the criterion spread, by PyTorch's autograd in float64.

    /usr/bin/python3 spread.py      writes criterion-spread and criterion-spread-deep beside it
"""
import json
import os
import struct

import torch


def spread(layers):
    """The mean over hidden layers of the mean hinge of units below half of the widest."""
    total = 0
    for s in layers[:-1]:
        sigma = s.std(dim=0, unbiased=False)
        total = total + torch.relu(0.5 - sigma / sigma.max()).mean()
    return total / (len(layers) - 1)


def write(folder, tensors):
    header, data = {}, b""
    for name, t in tensors.items():
        raw = t.detach().contiguous().numpy().tobytes()
        kind = "F64" if t.dtype == torch.float64 else "I64"
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, "tensors.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def case(name, rows, teacher, student, relu):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump({"name": name, "kind": "criterion", "criterion": {"kind": "spread"}}, f, indent=1)
    layers = []
    for width in student:
        size = 10 ** (-2 * torch.rand(width, dtype=torch.float64))  # units of very different spreads
        x = 1 + size * torch.randn(rows, width, dtype=torch.float64)
        layers.append((torch.relu(x - 0.8) if relu else x).requires_grad_())
    loss = spread(layers)
    loss.backward()
    out = {"edges": torch.tensor([[0, 1], [1, 0]])}
    for i, width in enumerate(teacher):
        out["teacher.layers.%d" % i] = torch.randn(rows, width, dtype=torch.float64)
    for j, s in enumerate(layers):
        out["student.layers.%d" % j] = s
        out["grad.student.layers.%d" % j] = s.grad if s.grad is not None else torch.zeros_like(s)
    out["out.loss"] = loss.reshape(1)
    write(folder, out)


if __name__ == "__main__":
    torch.manual_seed(16)
    case("criterion-spread", 12, [6, 4], [7, 4], relu=True)
    case("criterion-spread-deep", 9, [5, 5, 3], [6, 5, 8, 3], relu=False)
