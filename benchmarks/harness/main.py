"""benchmarks/compare: runs Nabla and its peers alternately, on the same data."""

import argparse
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import checks
import install
import machine
from measure import measure, say
from page import page
from participants import Failed, Participants
from report import limit_rows, lines, rows_of
from works import WORKS

FILES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]

EPILOG = """
Each participant runs once in each round, in a process of its own: A B C A B C ... A ratio is theirs over ours within a
round: above 1, we are faster. Before the rounds, a trial finds the fastest settings of each peer (threads, BLAS
kernels, variants).

A full run writes a page to benchmarks/results/, one for each kind of processor. The peers are Debian's packages; with
root and apt-get, missing ones are installed. Where there is no SDK, set NABLA_BENCH, NABLA_CLI and NABLA_MATHNET to
programs that were published elsewhere (benchmarks/Nabla.Benchmarks, src/Nabla.Cli, benchmarks/peers/MathNetPeer).
"""


def parse():
    parser = argparse.ArgumentParser(
        prog="benchmarks/compare", description="Measures Nabla beside its peers and prints one table.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    keys = [work.key for work in WORKS]
    parser.add_argument("--only", metavar="NAME[,NAME]", help="run only some of the benchmarks: " + ", ".join(keys))
    parser.add_argument("--rounds", type=int, metavar="N", help="number of rounds; default 5, or 1 with --quick")
    parser.add_argument("--quick", action="store_true",
                        help="one round, fewer settings and epochs, for a first look; writes no page")
    parser.add_argument("--data", metavar="DIR",
                        help="the folder of MNIST; otherwise NABLA_DATA, ../shared/data or nabla's cache")
    parser.add_argument("--cores", type=int, default=2, metavar="N", help="number of processors to use; default 2")
    parser.add_argument("--page", metavar="FILE", help="write the page to this file, also with --only or --quick")
    parser.add_argument("--no-install", action="store_true", help="install nothing; missing peers are left out")
    options = parser.parse_args()
    options.works = [work for work in WORKS if not options.only or work.key in options.only.split(",")]
    for key in options.only.split(",") if options.only else []:
        if key not in keys:
            parser.error("there is no benchmark '%s'; the benchmarks are %s" % (key, ", ".join(keys)))
    options.rounds = options.rounds or (1 if options.quick else 5)
    if options.rounds < 1 or options.cores < 1:
        parser.error("--rounds and --cores must be at least 1")
    return options


def find_mnist(given):
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.local/share"), "nabla")
    for folder in (given, os.environ.get("NABLA_DATA"), os.path.join(install.ROOT, "..", "shared", "data"), cache):
        for path in (folder, os.path.join(folder, "mnist")) if folder else ():
            if all(os.path.exists(os.path.join(path, name + ".gz")) for name in FILES):
                return os.path.realpath(path)
    sys.exit("MNIST's four .gz files were not found. Give their folder with --data, or set NABLA_DATA.")


def unpack(source, scratch):
    """Makes two folders called mnist: the files as published, and unpacked for the C program."""
    plain, packed = os.path.join(scratch, "plain", "mnist"), os.path.join(scratch, "packed", "mnist")
    os.makedirs(plain)
    os.makedirs(packed)
    for name in FILES:
        shutil.copy(os.path.join(source, name + ".gz"), packed)
        with gzip.open(os.path.join(source, name + ".gz"), "rb") as file, open(os.path.join(plain, name), "wb") as to:
            shutil.copyfileobj(file, to)
    return plain, packed


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", install.ROOT, *arguments], capture_output=True, text=True).stdout.strip()

    found = git("rev-parse", "--short", "HEAD") if shutil.which("git") else ""
    return (found + (" and changes" if git("status", "--porcelain", "-uno") else "")) if found else "unknown"


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))             # so that the running participant ends too
    mnist = find_mnist(options.data)
    peers = {peer for work in options.works for peer in work.peers}
    if not options.no_install:
        install.install_packages()
    built = install.build_programs(mathnet="Math.NET" in peers)
    built["fann"] = install.build_fann() if "FANN" in peers else None
    cores = machine.use_cores(options.cores)                # after the builds
    with tempfile.TemporaryDirectory() as scratch:
        participants = Participants(built, *unpack(mnist, scratch), scratch)
        disturbance, everything, rows = machine.Disturbance(), [], []
        for work in options.works:
            try:
                if work.kind in ("allocation", "same-bytes"):
                    say(work.title)
                    found = (checks.allocation if work.kind == "allocation" else checks.same_bytes)(participants)
                    rows.append((work.title, found))
                elif work.kind == "product" and work.threads > cores:
                    raise Failed("there are only %d processors" % cores)
                else:
                    everything.append(measure(participants, work, options.rounds, cores, options.quick))
                    rows += rows_of(everything[-1])
            except Failed as failure:
                rows.append((work.title, "not measured: %s" % failure))
        others = disturbance.share()
    rows += limit_rows(everything, cores)
    table = list(lines(rows))
    print("\n".join(table))
    print("\nOther programs took %.0f %% of the machine's time meanwhile." % (100 * others))
    file = options.page or (None if options.only or options.quick else
                            os.path.join(install.ROOT, "benchmarks", "results", machine.slug() + ".md"))
    if file:
        os.makedirs(os.path.dirname(os.path.abspath(file)), exist_ok=True)
        with open(file, "w", encoding="utf-8") as to:
            to.write(page(options, everything, table, cores, others, commit()))
        say("written: " + os.path.relpath(file))
    return 0
