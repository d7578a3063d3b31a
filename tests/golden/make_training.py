#!/usr/bin/env python3
"""Golden values of optimisers, clipping, averages of weights, and schedules, in float64.

    python3 tests/golden/make_training.py            write optimizers.json and schedules.json beside this file
    python3 tests/golden/make_training.py --check    compute again and compare with the committed files (1e-11)

A small network is trained as in make_golden.py. Conventions, where libraries differ:
  rmsprop       PyTorch's: w <- w - lr g / (sqrt(v) + epsilon); with momentum, b <- momentum b + g / (sqrt(v) + epsilon)
  muon          not in torch 1.13; written here from its formulas (Jordan et al., 2024), with the factor
                0.2 sqrt(max(rows, columns)) of Liu et al. (2025); biases go through AdamW with epsilon 1e-8
  clip norm     torch.nn.utils.clip_grad_norm_
  clip value    torch.nn.utils.clip_grad_value_
  average       the weights after step k, weighted by d^(t - k), divided by the sum of these: from the definition
"""
import json
import math
import sys

import numpy as np
import torch

from make_golden import HERE, LOSSES, POOL, build, check, random_targets, snapshot, tensor, to_text, uniform

STEPS = 12


class Muon:
    """From the formulas, one parameter after the other."""

    def __init__(self, network, o):
        self.o = o
        self.parameters = list(network.named_parameters())
        self.memory = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in self.parameters}
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        o, rate = self.o, self.o["learningRate"]
        for name, w in self.parameters:
            m, v = self.memory[name]
            if name.endswith("weight"):
                w.mul_(1 - rate * o["weightDecay"])
                m.mul_(o["momentum"]).add_(w.grad)
                u = orthogonal(w.grad + o["momentum"] * m)
                w.sub_(rate * 0.2 * math.sqrt(max(w.shape)) * u)
            else:
                m.mul_(0.9).add_(0.1 * w.grad)
                v.mul_(0.999).add_(0.001 * w.grad ** 2)
                w.sub_(rate * (m / (1 - 0.9 ** self.t)) / ((v / (1 - 0.999 ** self.t)).sqrt() + 1e-8))


def orthogonal(u):
    x = u / (torch.linalg.norm(u) + 1e-7)
    for _ in range(5):
        xx = x @ x.T
        x = 3.4445 * x - 4.7750 * xx @ x + 2.0315 * xx @ xx @ x
    return x


def build_optimizer(network, o):
    if o["name"] == "muon":
        return Muon(network, o)
    weights = [p for name, p in network.named_parameters() if name.endswith("weight")]
    biases = [p for name, p in network.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights, "weight_decay": o["weightDecay"]}, {"params": biases, "weight_decay": 0.0}]
    if o["name"] == "sgd":
        return torch.optim.SGD(groups, lr=o["learningRate"], momentum=o["momentum"])
    return torch.optim.RMSprop(groups, lr=o["learningRate"], alpha=0.99, eps=1e-8, momentum=o["momentum"])


def train(seed, name, layers, optimizer, clip=None, average=None):
    random = np.random.RandomState(seed)
    network, outputs = build(layers, 9, random)
    pool = uniform(random, (POOL, 9), 1.5)
    targets, classes = random_targets(random, "softmax-cross-entropy", POOL, outputs)
    result = {"name": name, "inputs": 9, "layers": layers, "loss": "softmax-cross-entropy", "optimizer": optimizer,
              "clip": clip, "averageDecay": average, "batchSize": 8, "x": tensor(pool), "targets": tensor(targets),
              "initialParameters": snapshot(network)}
    descent = build_optimizer(network, optimizer)
    costs, sizes, seen = [], [], []
    for step in range(STEPS):
        rows = [(step * 8 + i) % POOL for i in range(8)]
        for p in network.parameters():
            p.grad = None
        cost = LOSSES["softmax-cross-entropy"](network(pool[rows]), classes[rows])
        cost.backward()
        if clip is not None:
            kind, most = clip.split()
            if kind == "norm":
                sizes.append(torch.nn.utils.clip_grad_norm_(network.parameters(), float(most)).item())
            else:
                sizes.append(max(p.grad.abs().max().item() for p in network.parameters()))
                torch.nn.utils.clip_grad_value_(network.parameters(), float(most))
        descent.step()
        costs.append(cost.item())
        seen.append([p.detach().clone() for p in network.parameters()])
    averaged = None
    if average is not None:
        shares = [average ** (STEPS - 1 - k) for k in range(STEPS)]
        averaged = [{"name": n, **tensor(sum(s * w[i] for s, w in zip(shares, seen)) / sum(shares))}
                    for i, (n, _) in enumerate(network.named_parameters())]
    result.update(losses=costs, sizes=sizes, finalParameters=snapshot(network), averagedParameters=averaged)
    return result


def optimizer(name, rate, momentum=0.0, decay=0.0):
    return {"name": name, "learningRate": rate, "momentum": momentum, "weightDecay": decay}


TRAININGS = [
    dict(seed=21, name="rmsprop", layers="dense 7, tanh, dense 4", optimizer=optimizer("rmsprop", 0.01)),
    dict(seed=22, name="rmsprop-momentum-decay", layers="dense 16, tanh, dense 4",
         optimizer=optimizer("rmsprop", 0.003, 0.9, 0.01)),
    dict(seed=23, name="muon", layers="dense 17, tanh, dense 4", optimizer=optimizer("muon", 0.02, 0.95)),
    dict(seed=24, name="muon-decay", layers="dense 5, sigmoid, dense 6, tanh, dense 4",
         optimizer=optimizer("muon", 0.02, 0.9, 0.1)),
    dict(seed=25, name="clip-norm", layers="dense 7, tanh, dense 4", optimizer=optimizer("sgd", 0.3, 0.9),
         clip="norm 0.5"),
    dict(seed=26, name="clip-value", layers="dense 7, tanh, dense 4", optimizer=optimizer("sgd", 0.3, 0.9),
         clip="value 0.05"),
    dict(seed=27, name="average", layers="dense 7, tanh, dense 4", optimizer=optimizer("sgd", 0.5, 0.9), average=0.8),
]


# ---- Schedules: the factors at each of 20 steps, one per epoch, compared with torch.optim.lr_scheduler ---------------

def factors(make, losses=None, steps=20):
    descent = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(descent)
    found = []
    for step in range(steps):
        found.append(descent.param_groups[0]["lr"])
        descent.step()
        scheduler.step(losses[step]) if losses else scheduler.step()
    return found


def schedule_cases():
    s = torch.optim.lr_scheduler
    random = np.random.RandomState(30)
    losses = [round(1 / (1 + min(i, 6)) + 0.02 * random.rand(), 6) for i in range(20)]

    def case(text, make, losses=None, epochs=20):
        return {"name": text, "epochs": epochs, "losses": losses or [], "factors": factors(make, losses)}

    def warmup_then_step(o):
        return s.SequentialLR(o, [s.LinearLR(o, 0.1, 1.0, 5), s.StepLR(o, 4, 0.5)], [5])

    # torch's phases end at 0.3 n - 1 and n - 1 of n steps. With n = 21 our whole is n - 1 = 20 epochs, and the rise
    # takes 5.3 of them.
    def one_cycle(o):
        return s.OneCycleLR(o, 1.0, total_steps=21, pct_start=0.3, div_factor=25, final_div_factor=1e4,
                            cycle_momentum=False)

    def plateau(o):
        return s.ReduceLROnPlateau(o, factor=0.4, patience=0, cooldown=3, min_lr=0.1)
    return [
        case("cosine", lambda o: s.CosineAnnealingLR(o, 20)),
        case("cosine 0.1", lambda o: s.CosineAnnealingLR(o, 20, eta_min=0.1)),
        case("linear 0.25", lambda o: s.LinearLR(o, 1.0, 0.25, 20)),
        case("step 6 0.3", lambda o: s.StepLR(o, 6, 0.3)),
        case("exponential 0.9", lambda o: s.ExponentialLR(o, 0.9)),
        case("warmup 5 0.1", lambda o: s.LinearLR(o, 0.1, 1.0, 5)),
        case("warmup 5 0.1 then step 4 0.5", warmup_then_step),
        case("one-cycle 0.265", one_cycle),
        case("plateau 2 0.5", lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2), losses),
        case("plateau 0 0.4 3 0.1", plateau, losses),
    ]


def main():
    torch.set_num_threads(1)
    about = {"torch": torch.__version__, "numpy": np.__version__}
    made = {"optimizers.json": {**about, "cases": [train(**t) for t in TRAININGS]},
            "schedules.json": {**about, "cases": schedule_cases()}}
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
