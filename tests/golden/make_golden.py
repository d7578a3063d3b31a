#!/usr/bin/env python3
"""Golden values: what PyTorch computes in float64. The C# tests compare with them.

    python3 tests/golden/make_golden.py             write networks.json, layers.json, losses.json beside this file
    python3 tests/golden/make_golden.py --check     compute again and compare with the committed files (1e-11)
    python3 tests/golden/make_golden.py --float32   how far PyTorch's own float32 lands from its float64

Needs torch and numpy; no network. The committed files were made with torch 1.13.0a0 and numpy 1.24.2 (Debian 12,
Python 3.11.2); each file records the version in "torch". On one machine two runs give the same bytes. Another
processor or torch may order its sums differently and change last digits: that is what --check is for.

Every random value that both sides start from (inputs, initial parameters, dY, real-valued targets) is first rounded
to float32, so a float32 library reads exactly the values that PyTorch read here. Everything computed stays float64,
written with all its digits. Matrices are row by row; weights have shape [outputs, inputs].

Conventions, where libraries differ:
  squared-error          sum over outputs of (a - y)^2, mean over examples; not torch's MSELoss
  softmax-cross-entropy  from logits; targets are classes (given as one-hot rows as well); mean over examples
  sigmoid-cross-entropy  from logits, targets 0 or 1, summed over outputs, mean over examples
  sgd                    v <- momentum v + g (v starts as g), w <- w - lr v; nesterov: w <- w - lr (g + momentum v);
                         weight decay is L2 and comes first: g <- g + decay w
  adam                   w <- w - lr m' / (sqrt(v') + epsilon), with m', v' corrected for bias
  adamw                  w <- (1 - lr decay) w first, then adam
  weight decay           touches weights, never biases
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
STEPS = 20
POOL = 40                # examples per network; step t takes (t B … t B + B − 1) mod POOL
LEAKY_SLOPE = 0.01
KINK_MARGIN = 1e-5       # no relu may get a value closer to its kink: float32 might land on the other side


# ---- Random values that float32 can hold ---------------------------------------------------------------------------

def uniform(random, shape, limit):
    """Uniform in (-limit, limit), rounded to float32, held as float64. RandomState's sequence is frozen by NumPy."""
    return torch.from_numpy(random.uniform(-limit, limit, shape).astype(np.float32).astype(np.float64))


def float32_values(rows):
    return torch.from_numpy(np.array(rows, np.float32).astype(np.float64))


# ---- Losses: each the mean over examples (rows) of a sum over outputs ---------------------------------------------

def squared_error(a, y):
    return ((a - y) ** 2).sum(1).mean()


def softmax_cross_entropy(logits, classes):
    return F.cross_entropy(logits, classes)


def sigmoid_cross_entropy(logits, y):
    return F.binary_cross_entropy_with_logits(logits, y, reduction="none").sum(1).mean()


LOSSES = {
    "squared-error": squared_error,
    "softmax-cross-entropy": softmax_cross_entropy,
    "sigmoid-cross-entropy": sigmoid_cross_entropy,
}


def random_targets(random, loss, examples, outputs, real=False):
    """(targets as a matrix, classes or None): one-hot rows, or 0/1 labels, or real numbers."""
    if loss == "sigmoid-cross-entropy":
        return torch.from_numpy(random.randint(0, 2, (examples, outputs)).astype(np.float64)), None
    if real:
        return uniform(random, (examples, outputs), 1), None
    classes = torch.from_numpy(random.randint(0, outputs, examples).astype(np.int64))
    targets = F.one_hot(classes, outputs).double()
    return targets, classes if loss == "softmax-cross-entropy" else None


# ---- Networks -----------------------------------------------------------------------------------------------------

ACTIVATIONS = {
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "leaky-relu": lambda: torch.nn.LeakyReLU(LEAKY_SLOPE),
    "softmax": lambda: torch.nn.Softmax(dim=1),
}


def build(layers, inputs, random):
    """The Sequential for a text such as "dense 8, sigmoid, dense 5", with float32 initial parameters."""
    modules = []
    for layer in layers.split(", "):
        kind, *size = layer.split(" ")
        if kind == "dense":
            dense = torch.nn.Linear(inputs, int(size[0]), dtype=torch.float64)
            with torch.no_grad():
                dense.weight.copy_(uniform(random, dense.weight.shape, math.sqrt(3 / inputs)))
                dense.bias.copy_(uniform(random, dense.bias.shape, 0.5))
            modules.append(dense)
            inputs = int(size[0])
        else:
            modules.append(ACTIVATIONS[kind]())
    return torch.nn.Sequential(*modules), inputs


def build_optimizer(network, o):
    """PyTorch's optimiser for these settings; weights and biases in two groups, because only weights decay."""
    weights = [p for name, p in network.named_parameters() if name.endswith("weight")]
    biases = [p for name, p in network.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights, "weight_decay": o["weightDecay"]}, {"params": biases, "weight_decay": 0.0}]
    if o["name"] == "sgd":
        return torch.optim.SGD(groups, lr=o["learningRate"], momentum=o["momentum"], nesterov=o["nesterov"])
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[o["name"]]
    return kind(groups, lr=o["learningRate"], betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])


def sgd(rate, momentum=0.0, nesterov=False, decay=0.0):
    return {"name": "sgd", "learningRate": rate, "momentum": momentum, "nesterov": nesterov, "weightDecay": decay}


def adam(rate, decay=0.0):
    return {"name": "adamw" if decay else "adam", "learningRate": rate, "beta1": 0.9, "beta2": 0.999,
            "epsilon": 1e-8, "weightDecay": decay}


def distance_to_kink(network, x):
    """The smallest |value| that any relu or leaky relu receives; None if there is no such layer."""
    distance = None
    with torch.no_grad():
        for module in network:
            if isinstance(module, (torch.nn.ReLU, torch.nn.LeakyReLU)):
                smallest = x.abs().min().item()
                distance = smallest if distance is None else min(distance, smallest)
            x = module(x)
    return distance


def snapshot(network, of=lambda p: p):
    return [{"name": name, **tensor(of(p))} for name, p in network.named_parameters()]


def train(seed, name, inputs, layers, loss, optimizer, batch, real=False, dtype=torch.float64):
    """One network: its first pass in full, then 20 steps."""
    random = np.random.RandomState(seed)
    network, outputs = build(layers, inputs, random)
    pool = uniform(random, (POOL, inputs), 1.5).to(dtype)
    targets, classes = random_targets(random, loss, POOL, outputs, real)
    targets = targets.to(dtype)
    network.to(dtype)
    cost_of = LOSSES[loss]
    result = {
        "name": name, "inputs": inputs, "outputs": outputs, "layers": layers, "loss": loss,
        "optimizer": optimizer, "batchSize": batch, "steps": STEPS,
        "x": tensor(pool), "targets": tensor(targets), "classes": None if classes is None else classes.tolist(),
        "initialParameters": snapshot(network),
    }
    y = targets if classes is None else classes
    descent = build_optimizer(network, optimizer)
    costs, kink = [], math.inf
    for step in range(STEPS):
        rows = [(step * batch + i) % POOL for i in range(batch)]
        x = pool[rows].requires_grad_()
        descent.zero_grad()
        output = network(x)
        cost = cost_of(output, y[rows])
        cost.backward()
        kink = min(kink, distance_to_kink(network, x) or math.inf)
        if step == 0:
            result.update(firstOutput=tensor(output), firstLoss=cost.item(),
                          firstGradients=snapshot(network, lambda p: p.grad), firstDX=tensor(x.grad))
        descent.step()
        costs.append(cost.item())
    assert kink > KINK_MARGIN, f"{name}: a relu is only {kink} from its kink; choose another seed."
    result.update(losses=costs, finalParameters=snapshot(network),
                  distanceToKink=kink if math.isfinite(kink) else None)
    return result


NETWORKS = [
    dict(seed=1, name="classic", inputs=20, layers="dense 8, sigmoid, dense 8, sigmoid, dense 5, sigmoid",
         loss="squared-error", optimizer=sgd(1.0), batch=10),
    dict(seed=2, name="relu-adam", inputs=20, layers="dense 16, relu, dense 5",
         loss="softmax-cross-entropy", optimizer=adam(0.01), batch=10),
    dict(seed=3, name="tanh-nesterov", inputs=12, layers="dense 9, tanh, dense 7, tanh, dense 4",
         loss="sigmoid-cross-entropy", optimizer=sgd(0.05, momentum=0.9, nesterov=True), batch=8),
    dict(seed=4, name="softmax-squared-momentum", inputs=10,
         layers="dense 8, leaky-relu, dense 6, leaky-relu, dense 3, softmax",
         loss="squared-error", optimizer=sgd(0.1, momentum=0.9), batch=10),
    dict(seed=5, name="relu-adamw", inputs=20, layers="dense 16, relu, dense 5",
         loss="softmax-cross-entropy", optimizer=adam(0.01, decay=0.01), batch=10),
    dict(seed=6, name="regression-decay", inputs=17, layers="dense 33, tanh, dense 1", real=True,
         loss="squared-error", optimizer=sgd(0.05, decay=0.01), batch=3),
    dict(seed=7, name="one-example", inputs=7, layers="dense 6, leaky-relu, dense 3",
         loss="softmax-cross-entropy", optimizer=sgd(0.1), batch=1),
    dict(seed=8, name="activation-first", inputs=11, layers="tanh, dense 9, softmax, dense 3",
         loss="sigmoid-cross-entropy", optimizer=adam(0.02), batch=40),
    dict(seed=9, name="nesterov-decay", inputs=13, layers="dense 15, relu, dense 17, sigmoid, dense 2", real=True,
         loss="squared-error", optimizer=sgd(0.02, momentum=0.9, nesterov=True, decay=0.05), batch=7),
    dict(seed=10, name="one-dense", inputs=31, layers="dense 10",
         loss="softmax-cross-entropy", optimizer=sgd(0.2, momentum=0.9, decay=0.01), batch=33),
]


# ---- Layers alone -------------------------------------------------------------------------------------------------

# Large values, where exponentials overflow or vanish; values near zero; zero itself; ties.
HARD_INPUT = [
    [30, -30, 100, -100, 1, -1, 0.5],
    [1e-6, -1e-6, 1e-3, -1e-3, 0, 0.25, -0.25],
    [100, 100, 100, 100, 100, 100, 100],
    [-100, -30, -10, -3, -2, -1.5, -0.75],
    [0, 2, 4, 8, 10, 15, 20],
]


def layer_cases():
    cases = []

    def add(name, layer, module, x, dy):
        x = x.clone().requires_grad_()
        y = module(x)
        y.backward(dy)
        parameters = list(module.named_parameters())
        cases.append({
            "name": name, "layer": layer, "x": tensor(x),
            "parameters": [{"name": n, **tensor(p)} for n, p in parameters],
            "y": tensor(y), "dY": tensor(dy), "dX": tensor(x.grad),
            "gradients": [{"name": n, **tensor(p.grad)} for n, p in parameters],
        })

    random = np.random.RandomState(100)
    hard = float32_values(HARD_INPUT)
    mild = uniform(random, (9, 17), 3)
    for kind, activation in ACTIVATIONS.items():
        dy = uniform(random, hard.shape, 1)
        if kind in ("relu", "leaky-relu"):
            dy[hard == 0] = 0        # the slope at the kink is a choice, so it is not compared
        add(kind + "-hard", kind, activation(), hard, dy)
        add(kind + "-mild", kind, activation(), mild, uniform(random, mild.shape, 1))
    for examples, inputs, outputs in [(5, 7, 4), (1, 1, 1), (1, 16, 33), (17, 33, 1), (16, 15, 17)]:
        dense, _ = build(f"dense {outputs}", inputs, random)
        add(f"dense-{examples}x{inputs}-{outputs}", f"dense {outputs}", dense[0],
            uniform(random, (examples, inputs), 2), uniform(random, (examples, outputs), 1))
    return cases


# ---- Losses alone -------------------------------------------------------------------------------------------------

# Rows meet the classes and labels below: certain and right, certain and wrong, ties high, low and at zero, tiny, mixed.
EXTREME_LOGITS = [
    [1000, -1000, 0],
    [1000, -1000, 0],
    [1000, 1000, 1000],
    [-1000, -1000, -1000],
    [0, 0, 0],
    [1e-6, -1e-6, 1e-3],
    [30, -30, 88.5],
]
EXTREME_CLASSES = [0, 1, 2, 0, 1, 2, 1]
EXTREME_LABELS = [[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 1, 0], [1, 0, 1], [1, 1, 0], [0, 1, 1]]


def loss_cases():
    cases = []

    def add(name, loss, a, targets, classes=None):
        a = a.clone().requires_grad_()
        cost = LOSSES[loss](a, targets if classes is None else classes)
        cost.backward()
        cases.append({"name": name, "loss": loss, "x": tensor(a), "targets": tensor(targets),
                      "classes": None if classes is None else classes.tolist(),
                      "value": cost.item(), "dX": tensor(a.grad)})

    random = np.random.RandomState(200)
    sizes = {"squared-error": [(5, 7), (1, 1), (1, 17), (33, 3)],
             "softmax-cross-entropy": [(5, 7), (1, 2), (3, 17), (33, 10)],
             "sigmoid-cross-entropy": [(5, 7), (1, 1), (3, 17), (33, 10)]}
    for loss, shapes in sizes.items():
        for rows, columns in shapes:
            a = uniform(random, (rows, columns), 4)
            add(f"{loss}-{rows}x{columns}", loss, a,
                *random_targets(random, loss, rows, columns, real=loss == "squared-error"))
    extreme = float32_values(EXTREME_LOGITS)
    classes = torch.tensor(EXTREME_CLASSES)
    one_hot = F.one_hot(classes, 3).double()
    add("squared-error-extreme", "squared-error", extreme, one_hot)
    add("softmax-cross-entropy-extreme", "softmax-cross-entropy", extreme, one_hot, classes)
    add("sigmoid-cross-entropy-extreme", "sigmoid-cross-entropy", extreme, float32_values(EXTREME_LABELS))
    # Row by row as well: in a mean, a loss of thousands would hide an error in a small one.
    for row in range(len(EXTREME_LOGITS)):
        one = slice(row, row + 1)
        add(f"softmax-cross-entropy-extreme-row-{row}", "softmax-cross-entropy", extreme[one],
            one_hot[one], classes[one])
        add(f"sigmoid-cross-entropy-extreme-row-{row}", "sigmoid-cross-entropy", extreme[one],
            float32_values(EXTREME_LABELS)[one])
    return cases


# ---- Files --------------------------------------------------------------------------------------------------------

def tensor(t):
    values = t.detach().double().reshape(-1).tolist()
    assert all(map(math.isfinite, values)), "Golden numbers are finite."
    return {"shape": list(t.shape), "values": values}


def to_text(value, indent=0):
    """JSON, indented by two spaces, with every list of numbers on one line."""
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {to_text(item, indent + 2)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(inner + to_text(item, indent + 2) for item in value) + "\n" + " " * indent + "]"
    return json.dumps(value, allow_nan=False)


def make():
    about = {"torch": torch.__version__, "numpy": np.__version__}
    return {
        "networks.json": {**about, "cases": [train(**n) for n in NETWORKS]},
        "layers.json": {**about, "cases": layer_cases()},
        "losses.json": {**about, "cases": loss_cases()},
    }


def relative_error(ours, theirs):
    """|ours - theirs| / |theirs|, Euclidean; 0 if both vanish."""
    ours, theirs = np.atleast_1d(ours).astype(float), np.atleast_1d(theirs).astype(float)
    difference = np.linalg.norm(ours - theirs)
    return 0.0 if difference == 0 else difference / max(np.linalg.norm(theirs), 1e-300)


def check(made, read, path):
    """Checks that both have the same structure and the same words, and equal numbers except for the last digits."""
    if isinstance(made, dict):
        assert made.keys() == read.keys(), f"{path}: keys differ."
        for key in made.keys() - {"torch", "numpy"}:
            check(made[key], read[key], f"{path}/{key}")
    elif isinstance(made, list) and made and isinstance(made[0], dict):
        assert len(made) == len(read), f"{path}: {len(made)} entries, the file has {len(read)}."
        for i, item in enumerate(made):
            check(item, read[i], f"{path}/{item.get('name', i)}")
    elif isinstance(made, (float, list)):
        assert len(np.atleast_1d(made)) == len(np.atleast_1d(read)), f"{path}: lengths differ."
        error = relative_error(made, read)
        assert error <= 1e-11, f"{path}: differs by {error:.1e}."
    else:
        assert made == read, f"{path}: {made!r}, the file has {read!r}."


def compare_float32():
    """Prints what float32 can be expected to reach: the worst relative error of PyTorch's own, for each quantity."""
    print(f"{'network':26}{'output':>9}{'loss':>9}{'gradient':>9}{'dX':>9}{'losses':>9}{'final':>9}")
    for n in NETWORKS:
        exact, single = train(**n), train(**n, dtype=torch.float32)

        def worst(key):
            return max(relative_error(s["values"], e["values"]) for s, e in zip(single[key], exact[key]))

        print(f"{n['name']:26}"
              f"{relative_error(single['firstOutput']['values'], exact['firstOutput']['values']):9.1e}"
              f"{relative_error(single['firstLoss'], exact['firstLoss']):9.1e}"
              f"{worst('firstGradients'):9.1e}"
              f"{relative_error(single['firstDX']['values'], exact['firstDX']['values']):9.1e}"
              f"{relative_error(single['losses'], exact['losses']):9.1e}"
              f"{worst('finalParameters'):9.1e}")


def main():
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--float32"]:
        compare_float32()
        return
    for name, content in make().items():
        path = HERE / name
        if sys.argv[1:] == ["--check"]:
            check(content, json.loads(path.read_text()), name)
            print(f"{name}: {len(content['cases'])} cases agree")
        else:
            path.write_text(to_text(content) + "\n", encoding="utf-8", newline="\n")
            print(f"{name}: {len(content['cases'])} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
