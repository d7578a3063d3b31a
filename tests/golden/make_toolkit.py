#!/usr/bin/env python3
"""Golden values for normalisations, residuals, embeddings and smooth activations: toolkit.json, in float64.

    python3 tests/golden/make_toolkit.py            write toolkit.json beside this file
    python3 tests/golden/make_toolkit.py --check    compute again and compare with the committed file (1e-11)

Conventions are those of make_golden.py, from which most of this is taken. In addition:
  batch-norm    BatchNorm1d or BatchNorm2d: eps 1e-5, momentum 0.1; "state" is running_mean and running_var
  layer-norm    LayerNorm over the shape of an example: eps 1e-5
  residual      x + Sequential(x)
  embedding     from T tokens to T·D values
  softplus      without PyTorch's threshold, beyond which it returns x
  weight decay  touches the weights of dense layers and embeddings alone
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch

from make_golden import (HARD_INPUT, HERE, LOSSES, POOL, STEPS, adam, check, float32_values, random_targets, sgd,
                         tensor, to_text, uniform)

NORMS = (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.LayerNorm)


class Residual(torch.nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


class Flat(torch.nn.Module):
    """A module that needs a shape, for rows of values."""
    def __init__(self, module, shape):
        super().__init__()
        self.module, self.shape = module, shape

    def forward(self, x):
        return self.module(x.reshape(-1, *self.shape)).reshape(len(x), -1)


class TokenVectors(torch.nn.Embedding):
    def forward(self, x):
        return super().forward(x.long()).reshape(len(x), -1)


def split(text):
    """The items between the commas that are not inside a bracket."""
    items, depth = [""], 0
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c == "," and depth == 0:
            items.append("")
        else:
            items[-1] += c
    return [item.strip() for item in items]


def build(text, shape, random):
    """The module for a list of layers, and the shape of its output."""
    modules = []
    for item in split(text):
        kind, *words = item.split(" ")
        options = dict(zip(words[0::2], map(float, words[1::2]))) if kind.endswith("norm") else {}
        size = math.prod(shape)
        if kind == "residual":
            inner, shape = build(item[item.index("(") + 1:-1], shape, random)
            modules.append(Residual(*inner))
            continue
        if kind == "dense":
            module = torch.nn.Linear(size, int(words[0]), dtype=torch.float64)
            shape = (int(words[0]),)
        elif kind == "embedding":
            module = TokenVectors(int(words[0]), int(words[1]), dtype=torch.float64)
            shape = (1, size, int(words[1]))
        elif kind == "batch-norm":
            norm = torch.nn.BatchNorm1d if len(shape) == 1 else torch.nn.BatchNorm2d
            module = norm(shape[0], eps=options.get("epsilon", 1e-5), momentum=options.get("momentum", 0.1),
                          dtype=torch.float64)
        elif kind == "layer-norm":
            module = torch.nn.LayerNorm(shape, eps=options.get("epsilon", 1e-5), dtype=torch.float64)
        else:
            module = {
                "elu": lambda: torch.nn.ELU(*map(float, words)),
                "gelu": lambda: torch.nn.GELU("tanh" if words else "none"),
                "silu": torch.nn.SiLU,
                "softplus": lambda: torch.nn.Softplus(threshold=1000),
                "tanh": torch.nn.Tanh,
                "sigmoid": torch.nn.Sigmoid,
            }[kind]()
        with torch.no_grad():
            for name, p in module.named_parameters():
                is_scale = name == "weight" and isinstance(module, NORMS)
                limit = 0.5 if name == "bias" or is_scale else math.sqrt(3 / p.shape[-1])
                p.copy_(uniform(random, p.shape, limit) + (1 if is_scale else 0))
            if isinstance(module, NORMS[:2]):
                module.running_mean.copy_(uniform(random, module.running_mean.shape, 0.5))
                variance = 1 + 0.5 * uniform(random, module.running_var.shape, 1)
                module.running_var.copy_(float32_values(variance.tolist()))
            for q in module.parameters():
                q.copy_(float32_values(q.tolist()))
        modules.append(Flat(module, shape) if kind.endswith("norm") and len(shape) > 1 else module)
    return torch.nn.Sequential(*modules), shape


def named(pairs):
    return [{"name": name.replace(".module.", "."), **tensor(t.clone())} for name, t in pairs]


def parameters(network, of=lambda p: p):
    return named((name, of(p)) for name, p in network.named_parameters())


def state(network):
    return named((name, b) for name, b in network.named_buffers() if not name.endswith("num_batches_tracked"))


def layer_case(name, layer, shape, x, random):
    network, _ = build(layer, shape, random)
    has_derivative = not layer.startswith("embedding")
    x = x.clone().requires_grad_(has_derivative)
    case = {"name": name, "layer": layer, "shape": list(shape), "x": tensor(x), "parameters": parameters(network),
            "state": state(network)}
    y = network(x)
    dy = uniform(random, y.shape, 1)
    y.backward(dy)
    case.update(y=tensor(y), dY=tensor(dy), dX=tensor(x.grad) if has_derivative else None,
                gradients=parameters(network, lambda p: p.grad), stateAfter=state(network))
    case["prediction"] = tensor(network.eval()(x))
    return case


def layer_cases():
    random = np.random.RandomState(300)
    hard = float32_values(HARD_INPUT)
    cases = []
    for activation in ("elu", "elu 0.5", "gelu", "gelu tanh", "silu", "softplus"):
        x = hard.clone()
        if activation == "elu 0.5":
            x[x == 0] = 0.125                       # its slope jumps at 0
        cases.append(layer_case(activation + " hard", activation, (7,), x, random))
        cases.append(layer_case(activation + " mild", activation, (17,), uniform(random, (9, 17), 3), random))
    shapes = [(3, (1,)), (9, (17,)), (35, (33,)), (5, (3, 4, 5)), (66, (2, 1, 2)), (3, (17, 1, 16)), (4, (2, 7, 5)),
              (1, (3, 4, 4))]
    for layer in ("batch-norm", "layer-norm"):
        for examples, shape in shapes[1:] if layer == "layer-norm" else shapes:
            size = math.prod(shape)
            name = f"{layer} {examples}x{'x'.join(map(str, shape))}"
            cases.append(layer_case(name, layer, shape, uniform(random, (examples, size), 2), random))
            far = float32_values((1000 + uniform(random, (examples, size), 1.7)).tolist())
            cases.append(layer_case(f"{name} far from 0", layer, shape, far, random))
    mild = uniform(random, (9, 6), 2)
    for layer in ("batch-norm epsilon 0.001 momentum 0.3", "layer-norm epsilon 0.01",
                  "residual (dense 5, tanh, dense 6)", "residual (tanh)",
                  "residual (dense 6, batch-norm, silu, dense 6, batch-norm)",
                  "residual (dense 4, residual (tanh, dense 4), layer-norm, dense 6)"):
        cases.append(layer_case(layer, layer, (6,), mild, random))
    cases.append(layer_case(
        "residual of an image", "residual (batch-norm, gelu)", (2, 3, 3), uniform(random, (4, 18), 2), random))
    for tokens, dimensions, length in ((9, 4, 5), (3, 17, 1), (40, 1, 20)):
        x = torch.from_numpy(random.randint(0, tokens, (6, length)).astype(np.float64))
        layer = f"embedding {tokens} {dimensions}"
        cases.append(layer_case(f"{layer} of {length}", layer, (length,), x, random))
    return cases


def build_optimizer(network, o):
    decaying = [m.weight for m in network.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Embedding))]
    others = [p for p in network.parameters() if all(p is not d for d in decaying)]
    groups = [{"params": decaying, "weight_decay": o["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    if o["name"] == "sgd":
        return torch.optim.SGD(groups, lr=o["learningRate"], momentum=o["momentum"], nesterov=o["nesterov"])
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[o["name"]]
    return kind(groups, lr=o["learningRate"], betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])


def train(seed, name, shape, layers, loss, optimizer, batch):
    random = np.random.RandomState(seed)
    network, (outputs,) = build(layers, shape, random)
    size = math.prod(shape)
    kind, *words = layers.split(", ")[0].split(" ")
    if kind == "embedding":
        pool = torch.from_numpy(random.randint(0, int(words[0]), (POOL, size)).astype(np.float64))
    else:
        pool = uniform(random, (POOL, size), 1.5)
    targets, classes = random_targets(random, loss, POOL, outputs)
    y = targets if classes is None else classes
    result = {"name": name, "shape": list(shape), "layers": layers, "loss": loss, "optimizer": optimizer,
              "batchSize": batch, "x": tensor(pool), "targets": tensor(targets),
              "initialParameters": parameters(network), "initialState": state(network)}
    descent = build_optimizer(network, optimizer)
    costs = []
    for step in range(STEPS):
        rows = [(step * batch + i) % POOL for i in range(batch)]
        descent.zero_grad()
        cost = LOSSES[loss](network(pool[rows]), y[rows])
        cost.backward()
        descent.step()
        costs.append(cost.item())
    result.update(losses=costs, finalParameters=parameters(network), finalState=state(network),
                  finalPrediction=tensor(network.eval()(pool)))
    return result


NETWORKS = [
    dict(seed=1, name="batch-norm", shape=(12,), layers="dense 10, batch-norm, silu, dense 4",
         loss="softmax-cross-entropy", optimizer=sgd(0.1, momentum=0.9, decay=0.01), batch=8),
    dict(seed=2, name="batch-norm-of-images", shape=(2, 3, 3), layers="batch-norm, gelu, dense 3",
         loss="softmax-cross-entropy", optimizer=sgd(0.1), batch=10),
    dict(seed=3, name="residual", shape=(8,),
         layers="dense 6, tanh, residual (dense 7, elu, dense 6), residual (layer-norm, softplus, dense 6), dense 3",
         loss="squared-error", optimizer=sgd(0.02, momentum=0.9, nesterov=True), batch=10),
    dict(seed=4, name="layer-norm", shape=(9,), layers="dense 12, layer-norm, gelu tanh, dense 4",
         loss="sigmoid-cross-entropy", optimizer=sgd(0.05, decay=0.05), batch=7),
    dict(seed=5, name="embedding", shape=(4,), layers="embedding 11 5, dense 9, tanh, dense 3",
         loss="softmax-cross-entropy", optimizer=sgd(0.1, momentum=0.5, decay=0.01), batch=6),
    dict(seed=6, name="residual-of-batch-norms", shape=(7,),
         layers="dense 6, residual (batch-norm, silu, dense 6, batch-norm, silu, dense 6), layer-norm, dense 2",
         loss="softmax-cross-entropy", optimizer=sgd(0.05, momentum=0.9), batch=20),
    dict(seed=7, name="embedding-adamw", shape=(3,), layers="embedding 6 4, layer-norm, dense 3",
         loss="softmax-cross-entropy", optimizer=adam(0.01, decay=0.05), batch=40),
]


def main():
    torch.set_num_threads(1)
    content = {"torch": torch.__version__, "numpy": np.__version__,
               "cases": [{"name": "all", "layers": layer_cases(), "networks": [train(**n) for n in NETWORKS]}]}
    path = HERE / "toolkit.json"
    if sys.argv[1:] == ["--check"]:
        check(content, json.loads(path.read_text()), path.name)
        print(f"{path.name}: {len(content['cases'][0]['layers'])} layers and {len(NETWORKS)} networks agree")
    else:
        path.write_text(to_text(content) + "\n", encoding="utf-8", newline="\n")
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
