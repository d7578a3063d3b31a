"""scikit-learn's MLPClassifier, an epoch at a time by partial_fit, on float32.

There are two differences. It has no squared error for classes, so where we use sigmoid outputs and squared error, it
uses softmax and cross-entropy, with a suitable learning rate. And all its initial weights and biases are Glorot's
uniform ones.
"""

import sys
import time

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from common import TEST, TRAIN, arguments, report
from numpy_peer import load


def epoch(a):
    sklearn.set_config(assume_finite=True)                  # do not search for NaN in every epoch
    images, labels = load(a.data, TRAIN)
    x = images.astype(np.float32) / np.float32(255)
    squared = a.loss == "squared-error"
    network = MLPClassifier(
        a.sizes[1:-1], activation="logistic" if a.activation == "sigmoid" else "relu", solver=a.optimizer, alpha=0,
        batch_size=a.batch, learning_rate_init=a.learning_rate / 4 if squared else a.learning_rate,
        momentum=0, nesterovs_momentum=False, shuffle=True, random_state=a.seed)
    seconds = []
    for _ in range(a.epochs):
        started = time.perf_counter()
        network.partial_fit(x, labels, classes=range(10))
        seconds.append(time.perf_counter() - started)
    images, labels = load(a.data, TEST)
    found = network.predict(images.astype(np.float32) / np.float32(255))
    report(seconds=seconds, accuracy=float((found == labels).mean()),
           version="scikit-learn %s with numpy %s" % (sklearn.__version__, np.__version__))


if __name__ == "__main__":
    args = arguments()
    {"epoch": epoch}.get(args.verb, lambda _: sys.exit("scikit-learn has no " + args.verb))(args)
