"""Runs one participant once, in a process of its own, and returns its last line of output, parsed as JSON."""

import functools
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HARNESS = os.path.dirname(os.path.realpath(__file__))
PEERS = os.path.join(os.path.dirname(HARNESS), "peers")
MODULES = {"PyTorch": "torch", "numpy": "numpy", "scikit-learn": "sklearn",
           "OpenBLAS as is": "numpy", "OpenBLAS SkylakeX": "numpy"}
SCRIPTS = {"PyTorch": "torch_peer.py", "numpy": "numpy_peer.py", "scikit-learn": "sklearn_peer.py",
           "OpenBLAS as is": "openblas_peer.py", "OpenBLAS SkylakeX": "openblas_peer.py"}


class Failed(Exception):
    """A participant cannot do this here; the message gives the reason, in a few words."""


@functools.lru_cache(maxsize=None)
def python_with(module):
    """Returns the first Python that can import the module: Debian's own, then any other called python3."""
    for python in ("/usr/bin/python3", "python3", sys.executable):
        path = shutil.which(python)
        if path and subprocess.run([path, "-c", "import " + module], capture_output=True).returncode == 0:
            return path
    return None


def surroundings(environment):
    """Returns the environment for a participant. A published program looks for .NET in DOTNET_ROOT."""
    dotnet = shutil.which("dotnet")
    root = {"DOTNET_ROOT": os.path.dirname(os.path.realpath(dotnet))} if dotnet else {}
    return {"PYTHONDONTWRITEBYTECODE": "1", "DOTNET_NOLOGO": "1", **root, **os.environ, **environment}


def call(command, environment=None, timeout=600):
    """Runs a command. Returns its last line, parsed as JSON, plus the wall seconds and the peak memory."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=surroundings(environment or {}), stdout=output, stderr=errors)
        try:
            usage = wait(process, timeout)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        output.seek(0)
        errors.seek(0)
        lines, complaint = output.read().strip().splitlines(), errors.read().strip().splitlines()
    if process.returncode != 0 or not lines:
        raise Failed(complaint[-1][:90] if complaint else "ended with %s" % process.returncode)
    try:
        result = json.loads(lines[-1])
    except ValueError:
        raise Failed("printed no JSON: " + lines[-1][:60]) from None
    result.update(wall=wall, memory=usage.ru_maxrss * 1024)
    return result


def wait(process, timeout):
    """Waits for the process and returns its resource usage, as the kernel counted it."""
    def late(*_):
        raise Failed("took longer than %d s" % timeout)

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(timeout)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def training_arguments(work, folder, epochs, seed):
    return ["--loss", work.loss, "--optimizer", work.optimizer, "--learning-rate", str(work.rate),
            "--batch", str(work.batch), "--epochs", str(epochs), "--seed", str(seed), "--data", folder]


def of_images(work):
    """Returns the further arguments for a network of images: its layers, and the number of examples per epoch."""
    return ["--layers", work.layers, "--examples", str(work.examples)] if hasattr(work, "examples") else []


class Participants:
    """All participants, with the programs that were built for them."""

    def __init__(self, built, mnist, packed, scratch):
        self.built = built              # name → path of the program, or the reason why it is missing
        self.mnist, self.packed = mnist, packed         # folders with the four files: unpacked, and as published
        self.scratch = scratch

    def program(self, name):
        path = self.built.get(name)
        if not path or not os.path.exists(path):
            raise Failed(path or "not built")
        return ["dotnet", path] if path.endswith(".dll") else [path]

    def nabla(self, work, epochs, seed):
        """Runs Nabla with its defaults, or with the number of threads that the work prescribes."""
        program = self.program("nabla" if work.kind == "process" else "bench")
        if work.kind == "epoch":
            layers = of_images(work) or ["--layers", work.layers]
            return call(program + ["epoch"] + layers + training_arguments(work, self.mnist, epochs, seed))
        if work.kind == "predict":
            return call(program + ["predict", "--threads", "1", "--data", self.mnist])
        if work.kind == "product":
            return call(program + ["product", "--threads", str(work.threads)])
        out = os.path.join(self.scratch, "run")
        shutil.rmtree(out, ignore_errors=True)
        result = call(program + [
            "train", self.packed, "--network", work.layers, "--optimizer", work.optimizer,
            "--learning-rate", str(work.rate), "--schedule", "constant", "--batch", str(work.batch),
            "--epochs", str(epochs), "--validation", "0", "--seed", str(seed), "--out", out, "--json"])
        result["accuracy"] = result["testAccuracy"]
        return result

    def peer(self, name, work, setting, epochs, seed, patience=600):
        threads = str(setting.threads)
        environment = dict(
            setting.environment, OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads)
        if name == "FANN":
            sizes = ",".join(map(str, work.sizes))
            return call(self.program("fann") + [sizes, str(2 * work.rate), str(work.batch), str(epochs), str(seed),
                                                setting.variant, self.mnist], environment, patience)
        if name == "Math.NET":
            return call(self.program("mathnet") + [threads], environment, patience)
        python = python_with(MODULES[name])
        if not python:
            raise Failed("no Python here has " + MODULES[name])
        command = [python, os.path.join(PEERS, SCRIPTS[name]), work.kind, "--threads", threads]
        command += ["--variant", setting.variant]
        if work.kind == "product":
            return call(command + ["--sizes", "1024"], environment, patience)
        if work.kind == "predict":
            return call(command + ["--data", self.mnist], environment, patience)
        command += of_images(work) or ["--sizes", ",".join(map(str, work.sizes)), "--activation", work.activation]
        folder = self.packed if work.kind == "process" else self.mnist
        command += training_arguments(work, folder, epochs, seed) + ["--out", os.path.join(self.scratch, "model.pt")]
        return call(command, environment, patience)

    def limit(self, threads):
        return call(self.program("bench") + ["limit", "--threads", str(threads)])


def typical(result, work):
    """Returns the seconds of one run: the median of those that count, or those of the whole process."""
    if work.kind == "process":
        return result["wall"]
    return statistics.median(result["seconds"][1:])
