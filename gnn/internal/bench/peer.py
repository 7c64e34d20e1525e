"""PyTorch as a contender: a work a line, and how often to do it.

    gemm M N K LAYOUT         C [M x N] = A.B, layout NN, NT or TN
    spmm ROWS COLS WIDTH DIR  means over neighbours, files ptr and col in DIR
    step DIR                  a full-batch training step of an R-GCN, see Step
    run N                     does the last work N times

The argument is the number of threads. The answer to run is the seconds that it took and a value to compare. Each
work is done as fast as PyTorch lets a script do it: products into storage
that is there, means by sparse CSR matrices, which are its fastest, in both
directions, and only the types of nodes and relations that the loss needs.
"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def ints(path):
    return torch.from_numpy(np.fromfile(path, np.int32).astype(np.int64))


def floats(path, *shape):
    return torch.from_numpy(np.fromfile(path, np.float32).reshape(shape))


def gemm(m, n, k, layout):
    m, n, k = int(m), int(n), int(k)
    a = torch.randn(k, m).t() if layout[0] == 'T' else torch.randn(m, k)
    b = torch.randn(n, k).t() if layout[1] == 'T' else torch.randn(k, n)
    c = torch.empty(m, n)

    def work():
        torch.mm(a, b, out=c)
    return work, lambda: 0.0


def means(ptr, col, rows, cols):
    degree = (ptr[1:] - ptr[:-1]).clamp(min=1).float()
    weight = torch.repeat_interleave(1 / degree, ptr[1:] - ptr[:-1])
    return torch.sparse_csr_tensor(ptr, col, weight, (rows, cols))


def spmm(rows, cols, width, folder):
    rows, cols, width = int(rows), int(cols), int(width)
    a = means(ints(f'{folder}/ptr'), ints(f'{folder}/col'), rows, cols)
    x = (torch.arange(cols * width) & 15).float().reshape(cols, width)
    last = [None]

    def work():
        last[0] = None  # its storage is used again
        last[0] = torch.mm(a, x)
    return work, lambda: float(last[0][:1000].double().sum())


class Mean(torch.autograd.Function):
    @staticmethod
    def forward(context, x, a, transposed):
        context.transposed = transposed
        return torch.mm(a, x)

    @staticmethod
    def backward(context, grad):
        return torch.mm(context.transposed, grad.contiguous()), None, None


class Step:
    """The file model lists what there is, a line each:

        type COUNT WIDTH     WIDTH 0: an embedding table, the next parameter
        relation SRC DST     files in.R.ptr, in.R.col, out.R.ptr, out.R.col, out.R.weight
        layers LAYERS TARGET
        param ROWS COLS      file param.P: embeddings, then of each layer the
                             self weight and bias of each type and the weight
                             of each relation
    """

    def __init__(self, folder):
        lines = [line.split() for line in open(f'{folder}/model')]
        of = lambda kind: [[int(v) for v in line[1:]] for line in lines if line[0] == kind]
        types, relations, [[self.layers, self.target]] = of('type'), of('relation'), of('layers')
        self.params = [floats(f'{folder}/param.{i}', *shape).requires_grad_() for i, shape in enumerate(of('param'))]
        left = iter(self.params)
        self.x = [next(left) if width == 0 else floats(f'{folder}/features.{t}', count, width) for t, (count, width) in enumerate(types)]
        self.weights = [([(next(left), next(left)) for _ in types], [next(left) for _ in relations]) for _ in range(self.layers)]
        self.relations = []
        for r, (src, dst) in enumerate(relations):
            ptr, col = ints(f'{folder}/in.{r}.ptr'), ints(f'{folder}/in.{r}.col')
            back = torch.sparse_csr_tensor(ints(f'{folder}/out.{r}.ptr'), ints(f'{folder}/out.{r}.col'),
                                           floats(f'{folder}/out.{r}.weight', -1), (types[src][0], types[dst][0]))
            self.relations.append((src, dst, means(ptr, col, types[dst][0], types[src][0]), back))
        self.rows, self.labels = ints(f'{folder}/rows'), ints(f'{folder}/labels')
        self.needed = [{self.target}]  # types that each layer has to compute, the last one first
        for _ in range(self.layers - 1):
            above = self.needed[-1]
            self.needed.append(above | {src for src, dst, _, _ in self.relations if dst in above})
        self.needed.reverse()
        self.adam = torch.optim.Adam(self.params, lr=.01)

    def __call__(self):
        x = self.x
        for l, (own, rel) in enumerate(self.weights):
            y = [torch.addmm(b, x[t], w) if t in self.needed[l] else None for t, (w, b) in enumerate(own)]
            for (src, dst, a, back), w in zip(self.relations, rel):
                if dst in self.needed[l]:
                    y[dst] = y[dst] + Mean.apply(x[src], a, back) @ w
            x = [v if v is None or l == self.layers - 1 else torch.relu(v) for v in y]
        loss = F.cross_entropy(x[self.target][self.rows], self.labels)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        self.loss = loss.item()


def step(folder):
    work = Step(folder)
    return work, lambda: work.loss


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print(f'PyTorch {torch.__version__}', flush=True)
    for line in sys.stdin:
        name, *args = line.split()
        if name == 'run':
            start = time.perf_counter()
            for _ in range(int(args[0])):
                work()
            print(time.perf_counter() - start, value(), flush=True)
        else:
            work = value = None  # frees what the last one held
            work, value = {'gemm': gemm, 'spmm': spmm, 'step': step}[name](*args)
            print('ok', flush=True)


main()
