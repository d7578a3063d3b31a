#!/usr/bin/env python3
"""Nabla's models in PyTorch, and PyTorch's in Nabla, for the C# tests to be held against.

    python3 tests/interchange/interchange.py JOBS.json

JOBS.json is a list of jobs; each names a network in Nabla's words and its input shape [channels, height, width], and files:
    {"do": "predict", "model": …, "network": …, "shape": …, "inputs": …, "outputs": …}   torch loads our model, and predicts
    {"do": "save", …, "model": …}     torch makes a network, predicts, and saves it
inputs and outputs are float32 numbers, little-endian, one example after the other. It uses the scripts of docs/interchange as they are. Exit code 3: no torch here.
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

# A layer of Nabla as one of torch, and what it makes of a shape. A new layer gets a line here.
LAYERS = {
    "dense": lambda words, shape: (nn.Linear(int(np.prod(shape)), int(words[0])), [int(words[0])]),
    "relu": lambda words, shape: (nn.ReLU(), shape),
    "leaky-relu": lambda words, shape: (nn.LeakyReLU(float(words[0]) if words else 0.01), shape),
    "sigmoid": lambda words, shape: (nn.Sigmoid(), shape),
    "tanh": lambda words, shape: (nn.Tanh(), shape),
    "softmax": lambda words, shape: (nn.Softmax(dim=1), shape),
}


def sequential(network, shape):
    layers = []
    for item in network.split(","):
        name, *words = item.split()
        layer, shape = LAYERS[name](words, shape)
        layers.append(layer)
    return nn.Sequential(*layers).eval()


def run(job):
    network = sequential(job["network"], job["shape"])
    x = torch.from_numpy(np.fromfile(job["inputs"], "<f4").reshape(-1, int(np.prod(job["shape"]))))
    if not job["network"].startswith("dense"):
        x = x.reshape(-1, *job["shape"])
    if job["do"] == "predict":
        tensors, _ = load(job["model"])
        network.load_state_dict(tensors)
    else:
        save(network.state_dict(), job["model"])
    with torch.no_grad():
        network(x).numpy().astype("<f4").tofile(job["outputs"])


torch.manual_seed(1)
for job in json.load(open(sys.argv[1])):
    run(job)
