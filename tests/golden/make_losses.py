#!/usr/bin/env python3
"""Golden values of the losses with settings: what PyTorch computes in float64, as in make_golden.py.

    python3 tests/golden/make_losses.py             write loss-settings.json and loss-networks.json beside this file
    python3 tests/golden/make_losses.py --check     compute again and compare with the committed files (1e-11)

Conventions, where libraries differ:
  absolute-error         sum over outputs of |a - y|, mean over examples; the slope at a = y is 0
  huber d                torch's huber_loss (with the half), summed over outputs, mean over examples
  softmax-cross-entropy  torch's cross_entropy with label_smoothing and weight: from classes, not from rows. So with
                         weights the mean is the weighted one, divided by the sum of the weights of the classes
  sigmoid-cross-entropy  torch's pos_weight, summed over outputs, mean over examples
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

import make_golden
from make_golden import HERE, adam, check, float32_values, sgd, tensor, to_text, train, uniform

SMOOTHING, WEIGHTS = "smoothing 0.1", "weights 1 2.5 0 0.5 3"


def settings(loss):
    """{"": [0.5]} for "huber 0.5"; {"smoothing": [0.1], "weights": [1, 2]} and so on."""
    found, word = {"": []}, ""
    for part in loss.split(" ")[1:]:
        if part[0].isdigit():
            found[word].append(float(part))
        else:
            found[word := part] = []
    return found


def cost_of(loss):
    """The cost for a text such as "huber 0.5", as a function of (outputs, targets or classes)."""
    kind, given = loss.split(" ")[0], settings(loss)
    if kind == "absolute-error":
        return lambda a, y: F.l1_loss(a, y, reduction="none").sum(1).mean()
    if kind == "huber":
        return lambda a, y: F.huber_loss(a, y, reduction="none", delta=given[""][0]).sum(1).mean()
    if kind == "softmax-cross-entropy":
        weights = torch.tensor(given["weights"], dtype=torch.float64) if "weights" in given else None
        return lambda z, classes: F.cross_entropy(
            z, classes, weight=weights, label_smoothing=given.get("smoothing", [0.0])[0])
    weight = torch.tensor(given["positive-weight"], dtype=torch.float64)
    return lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none", pos_weight=weight).sum(1).mean()


def targets_of(random, loss, shape):
    """(targets as a matrix, classes or None)."""
    if loss.startswith("softmax"):
        classes = torch.from_numpy(random.randint(0, shape[1], shape[0]).astype(np.int64))
        return F.one_hot(classes, shape[1]).double(), classes
    if loss.startswith("sigmoid"):
        return torch.from_numpy(random.randint(0, 2, shape).astype(np.float64)), None
    return uniform(random, shape, 2), None


def loss_cases():
    random = np.random.RandomState(300)
    cases = []

    def add(name, loss, a, targets, classes):
        a = a.clone().requires_grad_()
        cost = cost_of(loss)(a, targets if classes is None else classes)
        cost.backward()
        cases.append({"name": name, "loss": loss, "x": tensor(a), "targets": tensor(targets),
                      "classes": None if classes is None else classes.tolist(),
                      "value": cost.item(), "dX": tensor(a.grad)})

    regressions = ["absolute-error", "huber 1", "huber 0.5", "huber 2.25"]
    softmax = [f"softmax-cross-entropy {s}" for s in (SMOOTHING, WEIGHTS, f"{SMOOTHING} {WEIGHTS}")]
    for loss in regressions + softmax + ["sigmoid-cross-entropy positive-weight 3",
                                         "sigmoid-cross-entropy positive-weight 0.25"]:
        for shape in [(7, 5), (33, 5)] if loss in softmax else [(5, 7), (1, 1), (1, 17), (33, 3)]:
            add(f"{loss}, {shape[0]}x{shape[1]}", loss, uniform(random, shape, 4), *targets_of(random, loss, shape))
    # Far out, where one of two formulas overflows; at the target itself; and at both ends of huber's parabola.
    hard = float32_values([[1000, -1000, 0, 30, -30], [1e-6, -1e-6, 0.5, -0.5, 1], [1000, 1000, 1000, 1000, 1000]])
    classes = torch.tensor([1, 3, 0])
    for loss in softmax:
        add(f"{loss}, hard", loss, hard, F.one_hot(classes, 5).double(), classes)
    labels = float32_values([[1, 0, 1, 0, 1], [0, 1, 1, 0, 1], [0, 1, 0, 1, 0]])
    for loss in ("sigmoid-cross-entropy positive-weight 3", "absolute-error", "huber 0.5"):
        add(f"{loss}, hard", loss, hard, labels, None)
    return cases


NETWORKS = [
    dict(seed=31, name="huber-regression", inputs=9, layers="dense 12, tanh, dense 2", real=True,
         loss="huber 0.5", optimizer=sgd(0.1, momentum=0.9), batch=8),
    dict(seed=32, name="absolute-regression", inputs=9, layers="dense 12, tanh, dense 2", real=True,
         loss="absolute-error", optimizer=sgd(0.02), batch=8),
    dict(seed=33, name="smooth-weighted-classes", inputs=12, layers="dense 10, tanh, dense 5",
         loss=f"softmax-cross-entropy {SMOOTHING} {WEIGHTS}", optimizer=adam(0.01), batch=9),
    dict(seed=34, name="weighted-yes-or-no", inputs=12, layers="dense 10, tanh, dense 3",
         loss="sigmoid-cross-entropy positive-weight 3", optimizer=sgd(0.1, momentum=0.9, nesterov=True), batch=7),
]


def networks():
    def targets(random, loss, examples, outputs, real=False):
        return targets_of(random, loss, (examples, outputs))

    make_golden.random_targets = targets
    make_golden.LOSSES = {n["loss"]: cost_of(n["loss"]) for n in NETWORKS}
    return [train(**n) for n in NETWORKS]


def main():
    torch.set_num_threads(1)
    about = {"torch": torch.__version__, "numpy": np.__version__}
    made = {"loss-settings.json": {**about, "cases": loss_cases()},
            "loss-networks.json": {**about, "cases": networks()}}
    for name, content in made.items():
        path = HERE / name
        if sys.argv[1:] == ["--check"]:
            check(content, json.loads(path.read_text()), name)
            print(f"{name}: {len(content['cases'])} cases agree")
        else:
            path.write_text(to_text(content) + "\n", encoding="utf-8", newline="\n")
            print(f"{name}: {len(content['cases'])} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
