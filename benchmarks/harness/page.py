"""Writes the page about one kind of processor: machine, versions, settings, the table, and the meaning of its rows."""

import datetime

import machine

MEANING = """
## What the rows mean

- **ours, theirs**: medians over the rounds. **theirs/ours**: the median of the ratios within each round, with the
  smallest and the largest of them; above 1, we are faster. **limit**: the share of the machine's multiply-add limit
  that the arithmetic of the matrix products alone reached. The limit is measured in the same round, on as many
  threads as were available; a peer may use fewer. All multiply-adds count, even those with blank pixels. Nabla
  skips those where that is faster (decision 0021), so its share may exceed 100 %; peers do all of them.
  **accuracy**: ours and theirs, on the test set, the mean over the rounds; each round has a different seed.
- **product**: C = A·B in float32, each 1024 × 1024; GF/s are 10⁹ floating-point operations per second, where a
  multiply-add counts as two.
- **B 32** and the like: one epoch of real MNIST, 60,000 images scaled to 0 … 1, in batches of 32; shuffling and
  gathering batches are included, evaluation is not. A process trains one epoch that is not counted, then some that
  are; its figure is their median. Both sides have the same network, cost, optimizer, learning rate, batch and
  family of initial weights (Glorot, or He before ReLU; biases 0).
- **classic** has sigmoids everywhere, squared error, and SGD with η = 2. The others have ReLU and softmax
  cross-entropy; SGD has η = 0.1, Adam 0.001.
- **one prediction**: one image of 784 values through `classic`, on one thread, in memory, again and again.
- **whole process**: the wall-clock time from the command to its end, and the peak resident memory. The process
  reads the packed files, trains 784-128-10 with Adam (η = 0.002, batches of 128, 3 epochs, all 60,000 images),
  evaluates on the test set, and saves the model.
- **allocated by a training step**: on all threads together, once warm.
- **same bytes everywhere**: `benchmarks/same-bytes`, model files trained on 1, 2 and 5 threads and with each
  instruction set.

## What differs

- Peers run with the settings that a short trial found fastest (above); Nabla runs with its defaults. PyTorch is
  used as PyTorch: autograd and its own optimizers, the data in one float32 tensor, batches by `index_select`. It
  does not sum up the cost of an epoch, as we do.
- numpy is backpropagation by hand over mini-batches, in arrays that are allocated once.
- scikit-learn has no squared error for classes. Instead of `classic` it trains softmax and cross-entropy behind the
  same hidden layers, at a quarter of the learning rate. Its initial weights and biases are Glorot's uniform ones,
  with twice as large a range for ReLU as for sigmoid.
- FANN has no mini-batches: "mini-batch" calls its batch training once for each batch; "incremental" updates the
  weights after every example, with the step of one example in a batch. It keeps the slopes of sigmoids away from 0
  and uses one thread.
- Math.NET has no networks, so it appears with the product only, with its managed provider.
"""


def page(options, everything, table, cores, others, commit):
    """Returns the text of the page."""
    command = "benchmarks/compare --rounds %d --cores %d" % (options.rounds, options.cores)
    command += " --only " + options.only if options.only else ""
    command += " --quick" if options.quick else ""
    out = ["# %s" % machine.name(), "", "Made by `%s`; do not edit by hand." % command, "", "| | |", "|---|---|"]
    facts = machine.describe(cores) + [
        ("Date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")),
        ("Commit", commit),
        ("Other programs", "took %.0f %% of the machine's time meanwhile" % (100 * others)),
    ]
    versions = {}
    for measured in everything:
        for who, results in measured.results.items():
            for result in results:
                if result.get("version"):
                    versions.setdefault(who, result["version"])
    facts += sorted(versions.items(), key=lambda pair: pair[0].lower())
    out += ["| %s | %s |" % fact for fact in facts]
    out += ["", "## The table", "", "```", *table, "```", ""]
    out += ["## Settings picked", "", "| work | peer | settings |", "|---|---|---|"]
    for measured in everything:
        for peer, setting in measured.settings.items():
            out.append("| %s | %s | %s |" % (measured.work.title, peer, setting))
    return "\n".join(out) + "\n" + MEANING
