"""PyTorch, as its users write it for speed.

The data is one float32 tensor, batches come from index_select without a DataLoader, and gradients are set to None.
Layers over images are given with --layers, in Nabla's text form. Variants, joined by "+": "foreach" and "fused" choose
the optimizer's loop, "jit" scripts network and loss, "compile" is torch.compile, "channels-last" is a memory format of
images.
"""

import sys
import time

import torch
from torch import nn

from common import TEST, TRAIN, arguments, idx, report


def load(folder, part):
    pixels, (count, height, width) = idx(folder, part[0])
    labels, _ = idx(folder, part[1])
    images = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(count, height * width)
    images = images.to(torch.float32).mul_(1 / 255)
    return images, torch.frombuffer(bytearray(labels), dtype=torch.uint8).to(torch.int64)


def make(sizes, activation, loss):
    """Makes the layers, with initial weights as in Nabla.

    These are Glorot for sigmoids and the last layer, He before ReLU, and biases of 0.
    """
    layers = []
    for number, (i, o) in enumerate(zip(sizes[:-1], sizes[1:])):
        last = number == len(sizes) - 2
        dense = nn.Linear(i, o)
        if activation == "relu" and not last:
            nn.init.kaiming_normal_(dense.weight, nonlinearity="relu")
        else:
            nn.init.xavier_uniform_(dense.weight)
        nn.init.zeros_(dense.bias)
        layers.append(dense)
        if not last:
            layers.append(nn.ReLU() if activation == "relu" else nn.Sigmoid())
        elif loss == "squared-error":
            layers.append(nn.Sigmoid())
    return nn.Sequential(*layers)


def make_of_images(text):
    """Makes the layers of a list such as "conv 6 5 padding 2, relu, max-pool 2, flatten, dense 10".

    Their initial weights are as in Nabla.
    """
    layers, x = [], torch.zeros(1, 1, 28, 28)
    items = [item.split() for item in text.split(", ")]
    for number, (kind, *words) in enumerate(items):
        if kind == "conv":
            padding = int(words[3]) if len(words) > 2 else 0
            layers.append(nn.Conv2d(x.shape[1], int(words[0]), int(words[1]), padding=padding))
        elif kind == "dense":
            layers.append(nn.Linear(x.shape[1], int(words[0])))
        elif kind == "max-pool":
            layers.append(nn.MaxPool2d(int(words[0])))
        else:
            layers.append(nn.Flatten() if kind == "flatten" else nn.ReLU())
        if kind in ("conv", "dense"):
            if items[number + 1:number + 2] == [["relu"]]:
                nn.init.kaiming_normal_(layers[-1].weight, nonlinearity="relu")
            else:
                nn.init.xavier_uniform_(layers[-1].weight)
            nn.init.zeros_(layers[-1].bias)
        x = layers[-1](x)
    return nn.Sequential(*layers)


class SquaredErrorOf(nn.Module):
    """The cost of a batch: the sum over outputs, the mean over examples, as in Nabla."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return nn.functional.mse_loss(self.network(x), target, reduction="sum") / x.shape[0]


class CrossEntropyOf(nn.Module):
    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(self.network(x), target)


def trainer(a):
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    network = make_of_images(a.layers) if a.layers else make(a.sizes, a.activation, a.loss)
    cost = SquaredErrorOf(network) if a.loss == "squared-error" else CrossEntropyOf(network)
    variant = a.variant.split("+")
    if "channels-last" in variant:
        network.to(memory_format=torch.channels_last)
    if "jit" in variant:
        cost = torch.jit.script(cost)
    if "compile" in variant:
        cost = torch.compile(cost)
    kind = torch.optim.Adam if a.optimizer == "adam" else torch.optim.SGD
    options = {"fused": True} if "fused" in variant else {"foreach": "foreach" in variant}
    optimizer = kind(network.parameters(), lr=a.learning_rate, **options)

    def epoch(images, targets):
        for which in torch.randperm(len(images)).split(a.batch):
            optimizer.zero_grad(set_to_none=True)
            cost(images.index_select(0, which), targets.index_select(0, which)).backward()
            optimizer.step()

    return network, epoch


def targets_of(labels, loss):
    return nn.functional.one_hot(labels, 10).to(torch.float32) if loss == "squared-error" else labels


def accuracy(network, folder):
    images, labels = load(folder, TEST)
    with torch.inference_mode():
        right = 0
        for some, expected in zip(images.split(1000), labels.split(1000)):
            x = some.view(-1, 1, 28, 28) if isinstance(network[0], nn.Conv2d) else some
            right += (network(x).argmax(1) == expected).sum().item()
        return right / len(labels)


def epoch(a):
    images, labels = (t[:a.examples] for t in load(a.data, TRAIN))
    targets = targets_of(labels, a.loss)
    if a.layers:
        images = images.view(-1, 1, 28, 28)
    network, train = trainer(a)
    seconds = []
    for _ in range(a.epochs):
        started = time.perf_counter()
        train(images, targets)
        seconds.append(time.perf_counter() - started)
    report(seconds=seconds, accuracy=accuracy(network, a.data), version=version())


def process(a):
    """A whole training, which the harness times from outside: reads, trains, evaluates, saves."""
    images, labels = load(a.data, TRAIN)
    network, train = trainer(a)
    targets = targets_of(labels, a.loss)
    for _ in range(a.epochs):
        train(images, targets)
    result = accuracy(network, a.data)
    torch.save(network.state_dict(), a.out)
    report(accuracy=result)


def predict(a):
    torch.set_num_threads(a.threads)
    network = make(a.sizes, a.activation, a.loss).eval()
    images, _ = load(a.data, TEST)
    rows = list(images[:100])
    if "jit" in a.variant.split("+"):
        network = torch.jit.optimize_for_inference(torch.jit.trace(network, rows[0]))
    seconds = []
    with torch.inference_mode():
        for _ in range(31):
            started = time.perf_counter()
            for x in rows:
                network(x)
            seconds.append((time.perf_counter() - started) / len(rows))
    report(seconds=seconds, version=version())


def product(a):
    torch.set_num_threads(a.threads)
    n = a.sizes[0]
    x, y, z = torch.rand(n, n) - 0.5, torch.rand(n, n) - 0.5, torch.empty(n, n)
    seconds, deadline = [], time.perf_counter() + 1
    while time.perf_counter() < deadline or len(seconds) < 5:
        started = time.perf_counter()
        torch.mm(x, y, out=z)
        seconds.append(time.perf_counter() - started)
    report(seconds=seconds, version=version())


def version():
    build = torch.__config__.show()
    blas = "OpenBLAS" if "BLAS_INFO=open" in build else "the system's BLAS"
    if torch.backends.mkl.is_available():
        blas = "MKL"
    capability = [line.split(":")[1].strip() for line in build.splitlines() if "CPU capability" in line]
    return "PyTorch %s, %s%s" % (torch.__version__, blas, ", " + capability[0] if capability else "")


if __name__ == "__main__":
    args = arguments()
    {"epoch": epoch, "predict": predict, "product": product, "process": process}[args.verb](args)
