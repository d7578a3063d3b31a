"""benchmarks/compare: Nabla beside its peers, on the same data, in turn."""

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile

from measure import measure, say
from participants import Failed, Participants
from report import lines, rows_of
from works import WORKS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
FILES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def parse():
    parser = argparse.ArgumentParser(prog="benchmarks/compare", description="Measures Nabla beside its peers and prints one table.")
    keys = [work.key for work in WORKS]
    parser.add_argument("--only", metavar="WORK[,WORK]", help="some works only: " + ", ".join(keys))
    parser.add_argument("--rounds", type=int, metavar="N", help="how often everybody takes a turn; 5, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="one round, fewer settings tried, fewer epochs: for a first look")
    parser.add_argument("--data", metavar="DIR", help="where MNIST is; else NABLA_DATA, else ../shared/data")
    parser.add_argument("--cores", type=int, default=2, metavar="N", help="processors to use, 2 if not given")
    options = parser.parse_args()
    options.only = options.only.split(",") if options.only else keys
    for key in options.only:
        if key not in keys:
            parser.error("there is no work '%s'; known are %s" % (key, ", ".join(keys)))
    options.rounds = options.rounds or (1 if options.quick else 5)
    return options


def find_mnist(given):
    for folder in (given, os.environ.get("NABLA_DATA"), os.path.join(ROOT, "..", "shared", "data"),
                   os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.local/share"), "nabla")):
        for path in (folder, os.path.join(folder, "mnist")) if folder else ():
            if all(os.path.exists(os.path.join(path, name + ".gz")) for name in FILES):
                return os.path.realpath(path)
    sys.exit("MNIST's four .gz files are not found. Give their folder with --data, or set NABLA_DATA.")


def unpack(source, scratch):
    """Two folders called mnist: the files as they were published, and unpacked, so that reading them costs everybody the same."""
    plain, packed = os.path.join(scratch, "plain", "mnist"), os.path.join(scratch, "packed", "mnist")
    os.makedirs(plain)
    os.makedirs(packed)
    for name in FILES:
        shutil.copy(os.path.join(source, name + ".gz"), packed)
        with gzip.open(os.path.join(source, name + ".gz"), "rb") as file, open(os.path.join(plain, name), "wb") as to:
            shutil.copyfileobj(file, to)
    return plain


def build(built, name, project, program):
    """Publishes a project into artifacts/compare, unless the environment names a program."""
    if not shutil.which("dotnet"):
        built[name] = "there is no dotnet, and no %s" % ("NABLA_" + name.upper())
        return
    out = os.path.join(ROOT, "artifacts", "compare", name)
    say("building " + name)
    result = subprocess.run(["dotnet", "publish", "-c", "Release", os.path.join(ROOT, project), "-o", out, "--nologo"], capture_output=True, text=True)
    if result.returncode != 0:
        say(result.stdout[-2000:])
        built[name] = "its build failed"
    else:
        built[name] = os.path.join(out, program)


def main():
    options = parse()
    built = {"bench": os.environ.get("NABLA_BENCH"), "nabla": os.environ.get("NABLA_CLI")}
    if not built["bench"]:
        build(built, "bench", "benchmarks/Nabla.Benchmarks", "Nabla.Benchmarks.dll")
    if not built["nabla"]:
        build(built, "nabla", "src/Nabla.Cli", "Nabla.Cli.dll")
    with tempfile.TemporaryDirectory() as scratch:
        participants = Participants(built, unpack(find_mnist(options.data), scratch), scratch)
        rows = []
        for work in WORKS:
            if work.key not in options.only or not work.peers:
                continue
            try:
                rows += rows_of(measure(participants, work, options.rounds, options.cores, options.quick))
            except Failed as failure:
                rows.append((work.title, "", "not measured: %s" % failure))
        for line in lines(rows):
            print(line)
    return 0
