"""numpy: backpropagation by hand, vectorised over the mini-batch, in float32; every large array is allocated once.

Variants: "floats" gathers rows of the images as float32; "bytes" gathers them as bytes and scales each batch.
"""

import sys
import time

import numpy as np

from common import TEST, TRAIN, arguments, idx, report


def load(folder, part):
    pixels, (count, height, width) = idx(folder, part[0])
    labels, _ = idx(folder, part[1])
    images = np.frombuffer(pixels, np.uint8).reshape(count, height * width)
    return images, np.frombuffer(labels, np.uint8).astype(np.intp)


def sigmoid(z, out):
    np.negative(z, out=out)
    np.exp(out, out=out)
    out += 1
    np.reciprocal(out, out=out)


class Network:
    """The W of each layer is (inputs, outputs), so every product reads rows."""

    def __init__(self, sizes, activation, loss, optimizer, rate, batch, seed):
        random = np.random.default_rng(seed)
        self.relu, self.softmax = activation == "relu", loss == "softmax-cross-entropy"
        self.adam, self.rate = optimizer == "adam", rate
        shapes = list(zip(sizes[:-1], sizes[1:]))
        flat = sum(i * o + o for i, o in shapes)
        self.values, self.gradients = np.zeros(flat, np.float32), np.zeros(flat, np.float32)
        self.mean, self.square, self.step = np.zeros(flat, np.float32), np.zeros(flat, np.float32), 0
        self.scratch = np.empty(flat, np.float32)
        self.W, self.b, self.dW, self.db = [], [], [], []
        at = 0
        for layer, (i, o) in enumerate(shapes):
            for buffer, weights, biases in ((self.values, self.W, self.b), (self.gradients, self.dW, self.db)):
                weights.append(buffer[at:at + i * o].reshape(i, o))
                biases.append(buffer[at + i * o:at + i * o + o])
            at += i * o + o
            if self.relu and layer < len(shapes) - 1:
                self.W[-1][:] = random.standard_normal((i, o), np.float32) * np.sqrt(2 / i)            # He
            else:
                self.W[-1][:] = random.uniform(-1, 1, (i, o)) * np.sqrt(6 / (i + o))                   # Glorot
        self.a = [np.empty((batch, o), np.float32) for _, o in shapes]
        self.d = [np.empty((batch, o), np.float32) for _, o in shapes]
        self.t = [np.empty((batch, o), np.float32) for _, o in shapes]
        self.views = {batch: (self.a, self.d, self.t)}

    def buffers(self, size):
        if size not in self.views:
            self.views[size] = tuple([m[:size] for m in part] for part in (self.a, self.d, self.t))
        return self.views[size]

    def forward(self, x, a):
        last = len(self.W) - 1
        for layer, (w, b) in enumerate(zip(self.W, self.b)):
            y = a[layer]
            np.dot(x, w, out=y)
            y += b
            if layer < last and self.relu:
                np.maximum(y, 0, out=y)
            elif layer < last or not self.softmax:
                sigmoid(y, y)
            x = y
        return x

    def train(self, x, target):
        size = len(x)
        a, d, t = self.buffers(size)
        y, last = self.forward(x, a), len(self.W) - 1
        delta, scratch = d[last], t[last]
        if self.softmax:
            y -= y.max(axis=1, keepdims=True)
            np.exp(y, out=y)
            y /= y.sum(axis=1, keepdims=True)
            np.subtract(y, target, out=delta)
            delta *= np.float32(1 / size)
        else:
            np.subtract(y, target, out=delta)               # dC/dz = 2 (a - y) a (1 - a) / B
            delta *= y
            np.subtract(1, y, out=scratch)
            delta *= scratch
            delta *= np.float32(2 / size)
        for layer in range(last, -1, -1):
            below = x if layer == 0 else a[layer - 1]
            np.dot(below.T, delta, out=self.dW[layer])
            np.sum(delta, axis=0, out=self.db[layer])
            if layer == 0:
                break
            previous, scratch = d[layer - 1], t[layer - 1]
            np.dot(delta, self.W[layer].T, out=previous)
            if self.relu:
                np.multiply(previous, below > 0, out=previous)
            else:
                previous *= below
                np.subtract(1, below, out=scratch)
                previous *= scratch
            delta = previous
        self.update()

    def update(self):
        w, g, s = self.values, self.gradients, self.scratch
        if not self.adam:
            np.multiply(g, np.float32(self.rate), out=s)
            w -= s
            return
        self.step += 1
        m, v = self.mean, self.square
        m *= np.float32(0.9)
        np.multiply(g, np.float32(0.1), out=s)
        m += s
        v *= np.float32(0.999)
        np.multiply(g, g, out=s)
        s *= np.float32(0.001)
        v += s
        np.sqrt(v, out=s)
        s *= np.float32(1 / np.sqrt(1 - 0.999 ** self.step))
        s += np.float32(1e-8)
        np.divide(m, s, out=s)
        s *= np.float32(self.rate / (1 - 0.9 ** self.step))
        w -= s


def epoch(a):
    images, labels = load(a.data, TRAIN)
    targets = np.eye(10, dtype=np.float32)[labels]
    as_bytes = a.variant == "bytes"
    source = images if as_bytes else images.astype(np.float32) / np.float32(255)
    network = Network(a.sizes, a.activation, a.loss, a.optimizer, a.learning_rate, a.batch, a.seed)
    random = np.random.default_rng(a.seed)
    x, t = np.empty((a.batch, source.shape[1]), np.float32), np.empty((a.batch, 10), np.float32)
    gathered = np.empty((a.batch, source.shape[1]), np.uint8)
    seconds, count = [], len(labels)
    for _ in range(a.epochs):
        started = time.perf_counter()
        order = random.permutation(count)
        for start in range(0, count, a.batch):
            which = order[start:start + a.batch]
            size = len(which)
            if as_bytes:
                np.take(source, which, axis=0, out=gathered[:size], mode="clip")    # "clip" writes straight into out
                np.multiply(gathered[:size], np.float32(1 / 255), out=x[:size])
            else:
                np.take(source, which, axis=0, out=x[:size], mode="clip")
            np.take(targets, which, axis=0, out=t[:size], mode="clip")
            network.train(x[:size], t[:size])
        seconds.append(time.perf_counter() - started)
    images, labels = load(a.data, TEST)
    buffers = [np.empty((len(labels), o), np.float32) for o in a.sizes[1:]]
    output = network.forward(images.astype(np.float32) / np.float32(255), buffers)
    report(seconds=seconds, accuracy=float((output.argmax(axis=1) == labels).mean()), version=version())


def predict(a):
    """Predicts one example at a time, in 31 runs of some milliseconds each; the median of the last 30 counts."""
    network = Network(a.sizes, a.activation, a.loss, a.optimizer, 0, 1, a.seed)
    images, _ = load(a.data, TEST)
    rows = [row for row in images[:100].astype(np.float32) / np.float32(255)]
    layers = list(zip(network.W, network.b, [np.empty(o, np.float32) for o in a.sizes[1:]]))

    def one(x):
        for w, b, y in layers:
            np.dot(x, w, out=y)
            np.add(y, b, out=y)
            np.negative(y, out=y)
            np.exp(y, out=y)
            np.add(y, 1, out=y)
            np.reciprocal(y, out=y)
            x = y
        return x

    seconds = []
    for run in range(31):
        started = time.perf_counter()
        for x in rows:
            one(x)
        seconds.append((time.perf_counter() - started) / len(rows))
    report(seconds=seconds, version=version())


def version():
    return "numpy " + np.__version__


if __name__ == "__main__":
    args = arguments()
    {"epoch": epoch, "predict": predict}.get(args.verb, lambda _: sys.exit("numpy has no " + args.verb))(args)
