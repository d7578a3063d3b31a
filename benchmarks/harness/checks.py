"""What is checked instead of timed: the bytes allocated by a step, and whether models are the same, byte for byte."""

import os
import subprocess

from participants import Failed, call, surroundings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

TRAININGS = [
    ("classic", ["--batch", "32"]),
    ("784-128-10 Adam", ["--layers", "dense 128, relu, dense 10", "--loss", "softmax-cross-entropy",
                         "--optimizer", "adam", "--learning-rate", "0.001", "--batch", "128"]),
]


def allocation(participants):
    found = [(name, call(participants.program("bench") + ["allocation"] + arguments)) for name, arguments in TRAININGS]
    return ", ".join("%s: %d bytes in %d steps" % (name, result["bytes"], result["steps"]) for name, result in found)


def same_bytes(participants):
    """The verdict of benchmarks/same-bytes, for a small network and for one large enough for threads to share."""
    participants.program("nabla")
    verdicts = []
    for name in ("classic", "mlp"):
        result = subprocess.run(
            [os.path.join(ROOT, "benchmarks", "same-bytes"), "digits", "--network", name, "--epochs", "1"],
            env=surroundings({"NABLA_CLI": participants.built["nabla"]}), capture_output=True, text=True)
        absent = [line for line in result.stdout.splitlines() if line.startswith("(")]
        if "same" not in result.stdout and "differ" not in result.stderr:
            raise Failed((result.stderr.strip().splitlines() or ["same-bytes failed"])[-1])
        verdict = "the same" if result.returncode == 0 else "THEY DIFFER"
        verdicts.append("%s: %s%s" % (name, verdict, " ".join([""] + absent)))
    return "; ".join(verdicts)
