"""Installs the peers: Debian's packages where they are missing and may be installed. Builds our own programs."""

import ctypes
import os
import platform
import shutil
import subprocess

from measure import say
from participants import PEERS, python_with

ROOT = os.path.dirname(os.path.dirname(PEERS))
ARTIFACTS = os.path.join(ROOT, "artifacts", "compare")

# Program → the variable that names one built elsewhere, the project, the file that publishing writes.
PROGRAMS = {
    "bench": ("NABLA_BENCH", "benchmarks/Nabla.Benchmarks", "Nabla.Benchmarks"),
    "nabla": ("NABLA_CLI", "src/Nabla.Cli", "Nabla.Cli"),
    "mathnet": ("NABLA_MATHNET", "benchmarks/peers/MathNetPeer", "MathNetPeer"),
}

# As a user would install the command: compiled ahead of time (ReadyToRun), for this machine.
READY_TO_RUN = ["-r", {"x86_64": "linux-x64", "aarch64": "linux-arm64"}.get(platform.machine(), "linux-x64"),
                "--self-contained", "false"]


def has_openblas():
    try:
        ctypes.CDLL("libopenblas.so.0")
        return True
    except OSError:
        return False


def missing_packages():
    needs = {
        "python3-numpy": python_with("numpy"),
        "python3-torch": python_with("torch"),
        "python3-sklearn": python_with("sklearn"),
        "libopenblas0-pthread": has_openblas(),
        "libfann-dev": os.path.exists("/usr/include/fann.h"),
        "gcc": shutil.which("gcc"),
        "libc6-dev": os.path.exists("/usr/include/stdio.h"),
    }
    return [package for package, found in needs.items() if not found]


def install_packages():
    """Installs what is missing with apt-get, if that exists and we may use it.

    A peer that is still missing afterwards is left out, and the table shows that.
    """
    packages = missing_packages()
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("Not installed, so the peers that need them are left out: %s." % ", ".join(packages))
        return
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    say("installing " + " ".join(packages))
    if subprocess.run(install + packages, env=environment, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update", "-q"], env=environment, capture_output=True)
        for package in packages:                # one by one, so that an unavailable one does not stop the others
            if subprocess.run(install + [package], env=environment, capture_output=True).returncode != 0:
                say("    %s could not be installed" % package)
    python_with.cache_clear()


def build_programs(mathnet):
    """Returns name → path of the program, or the reason why it is missing."""
    built = {}
    for name, (variable, project, program) in PROGRAMS.items():
        if os.environ.get(variable):
            built[name] = os.path.abspath(os.environ[variable])
        elif name == "mathnet" and not mathnet:
            continue
        elif not shutil.which("dotnet"):
            built[name] = "no dotnet here, and %s is not set" % variable
        else:
            out = os.path.join(ARTIFACTS, name)
            say("building " + project)
            publish = ["dotnet", "publish", "-c", "Release", os.path.join(ROOT, project), "-o", out, "--nologo"]
            result = subprocess.run(publish + (READY_TO_RUN if name == "nabla" else []), capture_output=True, text=True)
            if result.returncode != 0 and name == "nabla":
                say("not compiled ahead of time: the compiler for that is not available")
                result = subprocess.run(publish, capture_output=True, text=True)
            if result.returncode != 0:
                say(result.stdout[-3000:])
            built[name] = os.path.join(out, program) if result.returncode == 0 else "its build failed"
    return built


def build_fann():
    if not os.path.exists("/usr/include/fann.h") or not shutil.which("gcc"):
        return "no libfann-dev or no gcc"
    os.makedirs(ARTIFACTS, exist_ok=True)
    out = os.path.join(ARTIFACTS, "fann_peer")
    compile_it = ["gcc", "-O3", "-march=native", os.path.join(PEERS, "fann_peer.c"), "-o", out, "-lfann", "-lm"]
    result = subprocess.run(compile_it, capture_output=True, text=True)
    if result.returncode != 0:
        say(result.stderr[-3000:])
    return out if result.returncode == 0 else "its build failed"
