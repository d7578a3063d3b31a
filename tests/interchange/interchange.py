#!/usr/bin/env python3
"""Nabla's models in PyTorch, and PyTorch's in Nabla, for the C# tests to compare.

    python3 tests/interchange/interchange.py JOBS.json

JOBS.json is a list of jobs. Each names a network in Nabla's words, its input shape [channels, height, width], files:
    {"do": "predict", "model": …, "network": …, "shape": …, "inputs": …, "outputs": …}   torch loads our model, predicts
    {"do": "save", …, "model": …}     torch makes a network, predicts, and saves it
inputs and outputs are little-endian float32 values, one example after the other. The scripts of docs/interchange are
used as they are. Exit code 3: torch is not installed.
"""
import json
import pathlib
import sys

try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as e:
    print(e, file=sys.stderr)
    sys.exit(3)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs" / "interchange"))
from load_in_torch import load
from save_from_torch import save



class Embedding(nn.Embedding):
    """Tokens come as float32; the vectors of an example form an image of one channel."""
    def forward(self, x):
        return super().forward(x.long()).unsqueeze(1)


class Residual(nn.Sequential):
    """x + F(x). The tensors are named like those of a Sequential in the Sequential."""
    def forward(self, x):
        return x + super().forward(x)


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


def number(words, name, usual):
    return int(words[words.index(name) + 1]) if name in words else usual


def settings(words, *names):
    values = {name: float(words[words.index(name) + 1]) for name in names if name in words}
    return {"eps" if name == "epsilon" else name: value for name, value in values.items()}


def convolution(words, shape):
    return nn.Conv2d(shape[0], int(words[0]), int(words[1]), number(words, "stride", 1), number(words, "padding", 0),
                     number(words, "dilation", 1), number(words, "groups", 1), "no-bias" not in words)


def batch_norm(words, shape):
    kind = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
    return kind(shape[0], **settings(words, "epsilon", "momentum"))


def pool(kind):
    return lambda words, shape: kind(int(words[0]), number(words, "stride", int(words[0])), number(words, "padding", 0))


# A layer of Nabla as one of torch, from the words that follow its name and the shape of an example that enters it.
# A new layer needs a line here.
LAYERS = {
    "dense": lambda words, shape: nn.Linear(shape[0], int(words[0])),
    "relu": lambda words, shape: nn.ReLU(),
    "leaky-relu": lambda words, shape: nn.LeakyReLU(float(words[0]) if words else 0.01),
    "sigmoid": lambda words, shape: nn.Sigmoid(),
    "tanh": lambda words, shape: nn.Tanh(),
    "softmax": lambda words, shape: nn.Softmax(dim=1),
    "elu": lambda words, shape: nn.ELU(float(words[0]) if words else 1.0),
    "gelu": lambda words, shape: nn.GELU(approximate="tanh" if words else "none"),
    "silu": lambda words, shape: nn.SiLU(),
    "softplus": lambda words, shape: nn.Softplus(),
    "dropout": lambda words, shape: nn.Dropout(float(words[0]) if words else 0.5),
    "batch-norm": batch_norm,
    "layer-norm": lambda words, shape: nn.LayerNorm(shape, **settings(words, "epsilon")),
    "embedding": lambda words, shape: Embedding(int(words[0]), int(words[1])),
    "residual": lambda words, shape: Residual(*layers(" ".join(words)[1:-1], shape)),
    "conv": convolution,
    "max-pool": pool(nn.MaxPool2d),
    "average-pool": pool(nn.AvgPool2d),
    "global-average-pool": lambda words, shape: GlobalAveragePool(),
    "flatten": lambda words, shape: nn.Flatten(),
}


def items(network):
    """The items of a list, between the commas that are not inside a bracket."""
    depth, start = 0, 0
    for at, letter in enumerate(network):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield network[start:at]
            start = at + 1
    yield network[start:]


def layers(network, shape):
    """The layers of torch; each is run once, to find its output shape."""
    found, x = [], torch.zeros(1, *shape)
    for item in items(network):
        name, *words = item.split()
        found.append(LAYERS[name](words, list(x.shape[1:])).eval())
        x = found[-1](x)
    return found


def trained(network, x):
    """Imitates a training: no scale is 1, no shift 0, and the running statistics have moved."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
        network.train()
        for batch in x.split(8):
            network(batch)
    network.eval()


def run(job):
    is_image = job["shape"][1:] != [1, 1] and not job["network"].startswith("dense")
    shape = job["shape"] if is_image else [int(np.prod(job["shape"]))]
    network = nn.Sequential(*layers(job["network"], shape)).eval()
    x = torch.from_numpy(np.fromfile(job["inputs"], "<f4").reshape(-1, *shape))
    if job["do"] == "predict":
        tensors, _ = load(job["model"])
        network.load_state_dict(tensors)
    else:
        trained(network, x)
        save(network.state_dict(), job["model"])
    with torch.no_grad():
        network(x).numpy().astype("<f4").tofile(job["outputs"])


torch.manual_seed(1)
for job in json.load(open(sys.argv[1])):
    run(job)
