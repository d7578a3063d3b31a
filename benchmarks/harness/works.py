"""What is measured: each work, the peers that can do it, and the settings to try for each of them."""

from dataclasses import dataclass, field

TUNED = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_CORETYPE": "SkylakeX"}
SKYLAKE = {"OPENBLAS_CORETYPE": "SkylakeX"}


@dataclass
class Setting:
    """One way to run a participant: threads, environment, variant of the program."""

    threads: int = 1
    environment: dict = field(default_factory=dict)
    variant: str = ""

    def __str__(self):
        parts = ["%d thread%s" % (self.threads, "" if self.threads == 1 else "s")]
        parts += ["%s=%s" % pair for pair in sorted(self.environment.items())]
        return ", ".join(parts + ([self.variant] if self.variant else []))


@dataclass
class Training:
    """A training on MNIST, of which one epoch is timed."""

    key: str
    title: str
    sizes: list
    activation: str
    loss: str
    optimizer: str
    rate: float
    batch: int
    epochs: int                 # that count; one more runs before them
    peers: list
    kind: str = "epoch"

    @property
    def operations(self):
        """The floating-point operations of the products of one epoch.

        These are the forward product and ∂C/∂W of every layer, and ∂C/∂X of every layer but the first.
        """
        products = [i * o for i, o in zip(self.sizes[:-1], self.sizes[1:])]
        return 2 * 60000 * (3 * sum(products) - products[0])

    @property
    def layers(self):
        """The layers in Nabla's text form."""
        hidden = ", ".join("dense %d, %s" % (n, self.activation) for n in self.sizes[1:-1])
        return hidden + ", dense %d" % self.sizes[-1] + (", sigmoid" if self.loss == "squared-error" else "")


@dataclass
class ImageTraining:
    """The same for a network of layers over images, given in Nabla's text form."""

    key: str
    title: str
    layers: str
    batch: int
    epochs: int
    peers: list
    examples: int = 60000       # per epoch
    loss: str = "softmax-cross-entropy"
    optimizer: str = "adam"
    rate: float = 0.001
    kind: str = "epoch"

    @property
    def operations(self):
        """The floating-point operations of the products of one epoch.

        These are the forward product and ∂C/∂W of every layer, and ∂C/∂X of every layer but the first.
        """
        channels, size, products = 1, 28, []
        for kind, *words in (layer.split() for layer in self.layers.split(", ")):
            if kind == "conv":
                filters, kernel = int(words[0]), int(words[1])
                size += 2 * (int(words[3]) if len(words) > 2 else 0) - kernel + 1
                products.append(filters * size * size * channels * kernel * kernel)
                channels = filters
            elif kind == "max-pool":
                size //= int(words[0])
            elif kind == "dense":
                products.append(int(words[0]) * channels * size * size)
                channels, size = int(words[0]), 1
        return 2 * self.examples * (3 * sum(products) - products[0])


@dataclass
class Work:
    key: str
    title: str
    kind: str
    peers: list
    threads: int = 1


CLASSIC = dict(sizes=[784, 16, 16, 10], activation="sigmoid", loss="squared-error", optimizer="sgd", rate=2)
MODERN = dict(activation="relu", loss="softmax-cross-entropy")

PRODUCT_PEERS = ["OpenBLAS as is", "OpenBLAS SkylakeX", "PyTorch", "Math.NET"]

WORKS = [
    Work("product-1", "product 1024³, 1 thread", "product", PRODUCT_PEERS, 1),
    Work("product-2", "product 1024³, 2 threads", "product", PRODUCT_PEERS, 2),
    Training("classic-32", "784-16-16-10 classic, B 32", **CLASSIC, batch=32, epochs=10,
             peers=["PyTorch", "numpy", "scikit-learn", "FANN"]),
    Training("classic-10", "784-16-16-10 classic, B 10", **CLASSIC, batch=10, epochs=6, peers=["PyTorch", "numpy"]),
    Training("128-adam", "784-128-10 Adam, B 128", [784, 128, 10], **MODERN,
             optimizer="adam", rate=0.001, batch=128, epochs=6, peers=["PyTorch", "numpy", "scikit-learn"]),
    Training("512-sgd", "784-512-512-10 SGD, B 128", [784, 512, 512, 10], **MODERN,
             optimizer="sgd", rate=0.1, batch=128, epochs=3, peers=["PyTorch", "scikit-learn"]),
    Training("1024-adam", "784-1024-1024-10 Adam, B 256", [784, 1024, 1024, 10], **MODERN,
             optimizer="adam", rate=0.001, batch=256, epochs=3, peers=["PyTorch"]),
    ImageTraining("lenet", "LeNet-5 Adam, B 64",
                  "conv 6 5 padding 2, relu, max-pool 2, conv 16 5, relu, max-pool 2, "
                  "flatten, dense 120, relu, dense 84, relu, dense 10",
                  batch=64, epochs=3, peers=["PyTorch"]),
    ImageTraining("cnn-64", "32C3-64C3-pool-128-10, B 64",
                  "conv 32 3, relu, conv 64 3, relu, max-pool 2, flatten, dense 128, relu, dense 10",
                  batch=64, epochs=2, peers=["PyTorch"], examples=6400),
    Work("predict", "one prediction of classic", "predict", ["numpy", "PyTorch"], 1),
    Training("process", "train to 97 %, whole process", [784, 128, 10], **MODERN,
             optimizer="adam", rate=0.002, batch=128, epochs=3, peers=["PyTorch"], kind="process"),
    Work("allocation", "allocated by a training step", "allocation", []),
    Work("same-bytes", "same bytes everywhere", "same-bytes", []),
]


def settings_to_try(peer, work, cores):
    """Returns stages of settings: each stage varies the best of the stage before.

    A stage is a function of that best setting.
    """
    thread_counts = [1] if work.kind == "predict" else sorted({1, cores})
    if work.kind == "product":
        environment = SKYLAKE if peer == "OpenBLAS SkylakeX" else {}
        first = [Setting(work.threads, environment)]
        if peer == "PyTorch":
            first.append(Setting(work.threads, TUNED))
        return [lambda _: first]
    if peer == "FANN":
        return [lambda _: [Setting(1, {}, "mini-batch"), Setting(1, {}, "incremental")]]
    # The likely ones first, so that slow ones can be cut short.
    environments = [TUNED if peer == "PyTorch" else SKYLAKE, {}]
    stages = [lambda _: [Setting(threads, environment)
                         for environment in environments for threads in reversed(thread_counts)]]
    if isinstance(work, ImageTraining):
        images = [layout + optimizer
                  for layout in ("", "channels-last+") for optimizer in ("foreach", "jit", "fused", "jit+foreach")]
        stages.append(lambda best: [Setting(best.threads, best.environment, variant)
                                    for variant in ["channels-last"] + images])
        return stages
    variants = {
        ("PyTorch", "predict"): ["jit"],
        ("PyTorch", "epoch"): ["foreach", "jit", "jit+foreach", "fused", "jit+fused", "compile"],
        ("PyTorch", "process"): ["foreach"],
        ("numpy", "epoch"): ["bytes"],
    }.get((peer, work.kind), [])
    if variants:
        stages.append(lambda best: [Setting(best.threads, best.environment, variant) for variant in variants])
    return stages
