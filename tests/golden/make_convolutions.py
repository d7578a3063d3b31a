#!/usr/bin/env python3
"""Golden values for the layers over images: what PyTorch computes in float64, with the conventions of make_golden.py.

    python3 tests/golden/make_convolutions.py             write convolutions.json beside this file
    python3 tests/golden/make_convolutions.py --check     compute again and compare with the committed file (1e-11)

An example is one row of values, channel after channel, each row by row; each filter is one row.
"""
import json
import math
import sys

import numpy as np
import torch

from make_golden import HERE, KINK_MARGIN, LOSSES, check, tensor, to_text, uniform


def number(words, name, usual):
    return int(words[words.index(name) + 1]) if name in words else usual


def build(text, shape, random):
    """The Sequential for a text such as "conv 4 3 padding 1, relu, max-pool 2, dense 5", with float32 parameters."""
    modules, x = [], torch.zeros(1, *shape, dtype=torch.float64)
    for layer in text.split(", "):
        kind, *words = layer.split(" ")
        stride, padding = number(words, "stride", None), number(words, "padding", 0)
        if kind == "conv":
            module = torch.nn.Conv2d(x.shape[1], int(words[0]), int(words[1]), stride or 1, padding,
                                     number(words, "dilation", 1), number(words, "groups", 1),
                                     bias="no-bias" not in words, dtype=torch.float64)
        elif kind == "max-pool":
            module = torch.nn.MaxPool2d(int(words[0]), stride, padding)
        elif kind == "average-pool":
            module = torch.nn.AvgPool2d(int(words[0]), stride, padding)
        elif kind == "global-average-pool":
            module = torch.nn.AdaptiveAvgPool2d(1)
        elif kind == "flatten":
            module = torch.nn.Flatten()
        elif kind == "dense":
            linear = torch.nn.Linear(x[0].numel(), int(words[0]), dtype=torch.float64)
            module = torch.nn.Sequential(torch.nn.Flatten(), linear)
        else:
            module = torch.nn.ReLU()
        with torch.no_grad():
            for name, p in module.named_parameters():
                p.copy_(uniform(random, p.shape, 0.5 if name.endswith("bias") else math.sqrt(3 / p[0].numel())))
            x = module(x)
        modules.append(module)
    return torch.nn.Sequential(*modules)


def rows(t):
    return tensor(t.reshape(1, -1) if t.dim() == 1 else t.reshape(t.shape[0], -1))


def parameters(network, of=lambda p: p):
    return [{"name": name.split(".")[-1], **rows(of(p))} for name, p in network.named_parameters()]


LAYERS = [
    ("conv 3 3", (2, 6, 7)), ("conv 4 1", (3, 5, 5)), ("conv 1 5", (1, 5, 5)), ("conv 17 3 padding 1", (5, 8, 9)),
    ("conv 6 5 padding 2", (1, 12, 10)), ("conv 5 2 stride 2", (3, 8, 7)), ("conv 4 3 stride 2 padding 1", (3, 9, 8)),
    ("conv 4 3 stride 3 padding 2 dilation 2", (2, 11, 13)), ("conv 3 2 stride 3", (2, 9, 10)),
    ("conv 3 1 stride 2", (2, 5, 6)), ("conv 6 3 padding 2 dilation 2 groups 2", (4, 7, 7)),
    ("conv 4 3 padding 1 groups 4", (4, 6, 9)), ("conv 8 3 stride 2 padding 1 groups 4", (4, 7, 8)),
    ("conv 3 3 padding 3", (2, 4, 3)), ("conv 2 3 padding 1 no-bias", (2, 1, 1)),
    ("conv 5 4 padding 1", (2, 6, 5)), ("conv 33 3", (2, 5, 20)),
    ("max-pool 2", (3, 6, 8)), ("max-pool 2", (2, 5, 7)), ("max-pool 3 stride 2", (2, 7, 9)),
    ("max-pool 3 stride 2 padding 1", (2, 6, 7)),
    ("max-pool 2 stride 1", (1, 4, 5)), ("average-pool 2", (3, 6, 7)), ("average-pool 3 stride 2 padding 1", (2, 6, 8)),
    ("average-pool 3 stride 1", (1, 5, 5)), ("global-average-pool", (5, 4, 7)), ("flatten", (2, 3, 4)),
    ("conv 18 3 padding 1", (16, 8, 9)), ("conv 16 3", (17, 11, 10)),
]


def layer_case(seed, text, shape, ties=False):
    random = np.random.RandomState(1000 + seed)
    network = build(text, shape, random)
    x = uniform(random, (3, *shape), 2)
    if ties:
        x = x.round()               # many equal pixels: dX shows which of them was taken
    x.requires_grad_()
    y = network(x)
    dy = uniform(random, y.shape, 1)
    y.backward(dy)
    name = f"{text} of {'x'.join(map(str, shape))}{' with ties' if ties else ''}"
    return {"name": name, "layer": text, "input": list(shape), "x": rows(x), "parameters": parameters(network),
            "y": rows(y), "dY": rows(dy), "dX": rows(x.grad), "gradients": parameters(network, lambda p: p.grad)}


NETWORKS = [
    dict(name="small LeNet", shape=(1, 12, 12),
         layers="conv 4 5 padding 2, relu, max-pool 2, conv 6 3, relu, max-pool 2, dense 12, relu, dense 5"),
    dict(name="strides and groups", shape=(2, 10, 8),
         layers="conv 8 3 stride 2 padding 1, relu, conv 8 3 padding 1 groups 8, relu, conv 6 1, relu, "
                "average-pool 2, conv 5 2, global-average-pool"),
    dict(name="windows of 3 x 3 over many channels", shape=(2, 10, 11), batch=3, steps=6,
         layers="conv 16 3 padding 1, conv 16 3 padding 1, relu, conv 17 3, max-pool 2, dense 5"),
]


def near_kink(network, x):
    distance = math.inf
    with torch.no_grad():
        for module in network:
            if isinstance(module, torch.nn.ReLU):
                distance = min(distance, x.abs().min().item())
            x = module(x)
    return distance


def network_case(seed, name, layers, shape, batch=6, steps=12):
    random = np.random.RandomState(seed)
    network = build(layers, shape, random)
    pool = uniform(random, (2 * batch, *shape), 1.5)
    classes = torch.from_numpy(random.randint(0, 5, 2 * batch).astype(np.int64))
    result = {"name": name, "input": list(shape), "layers": layers, "batchSize": batch, "steps": steps,
              "x": rows(pool), "classes": classes.tolist(), "initialParameters": parameters(network)}
    descent = torch.optim.Adam(network.parameters(), lr=0.01)
    costs = []
    for step in range(steps):
        which = [(step * batch + i) % (2 * batch) for i in range(batch)]
        x = pool[which].requires_grad_()
        assert near_kink(network, x) > KINK_MARGIN, f"{name}: a relu is too near to its kink; choose another seed."
        descent.zero_grad()
        cost = LOSSES["softmax-cross-entropy"](network(x).flatten(1), classes[which])
        cost.backward()
        if step == 0:
            result.update(firstGradients=parameters(network, lambda p: p.grad))
        descent.step()
        costs.append(cost.item())
    return {**result, "losses": costs, "finalParameters": parameters(network)}


def seed_without_kinks(n):
    for seed in range(1, 200):
        try:
            return network_case(seed, **n)
        except AssertionError:
            pass
    raise AssertionError("Every seed comes near a kink.")


def make():
    torch.set_num_threads(1)
    layers = [layer_case(i, *case) for i, case in enumerate(LAYERS)]
    with_ties = [("max-pool 2", (2, 8, 10)), ("max-pool 3 stride 2 padding 1", (2, 7, 8))]
    layers += [layer_case(900 + i, text, shape, ties=True) for i, (text, shape) in enumerate(with_ties)]
    networks = [seed_without_kinks(n) for n in NETWORKS]
    return {"torch": torch.__version__, "numpy": np.__version__, "layers": layers, "networks": networks}


def main():
    path, made = HERE / "convolutions.json", make()
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(path.read_text()), path.name)
        print(f"{path.name}: {len(made['layers'])} layers and {len(made['networks'])} networks agree")
    else:
        path.write_text(to_text(made) + "\n", encoding="utf-8", newline="\n")
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
