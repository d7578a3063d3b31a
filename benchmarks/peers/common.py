"""The parts that the Python peers share: arguments, MNIST from its IDX files, and one JSON line as the result.

They use the standard library only.
"""

import argparse
import gzip
import json
import os
import struct


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["epoch", "predict", "product", "process"])
    parser.add_argument("--sizes", default="784,16,16,10", type=lambda s: [int(n) for n in s.split(",")],
                        help="neurons of each layer")
    parser.add_argument("--layers", default="", help="instead of sizes: layers over images, in Nabla's text form")
    parser.add_argument("--examples", type=int, default=60000, help="examples per epoch")
    parser.add_argument("--activation", default="sigmoid", choices=["sigmoid", "relu"],
                        help="activation of the hidden layers")
    parser.add_argument("--loss", default="squared-error", choices=["squared-error", "softmax-cross-entropy"])
    parser.add_argument("--optimizer", default="sgd", choices=["sgd", "adam"])
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=2, help="number of epochs; the first is not counted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--variant", default="")
    parser.add_argument("--data", default=".")
    parser.add_argument("--out", default="", help="where to save the model")
    return parser.parse_args()


def idx(folder, name):
    """Returns the bytes of an IDX file, packed or not, and its dimensions."""
    path = os.path.join(folder, name)
    if os.path.exists(path):
        with open(path, "rb") as file:
            raw = file.read()
    else:
        with gzip.open(path + ".gz", "rb") as file:
            raw = file.read()
    rank = raw[3]
    return memoryview(raw)[4 + 4 * rank:], struct.unpack(">%dI" % rank, raw[4:4 + 4 * rank])


TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def report(**result):
    print(json.dumps(result), flush=True)
