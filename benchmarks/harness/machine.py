"""Describes the machine, chooses the processors to use, and measures how busy other programs kept them."""

import os
import platform
import re
import resource

TELLING = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16", "avx512_vnni",
           "amx_tile", "asimd", "sve")


def cpuinfo():
    """Returns the fields of the first processor."""
    try:
        with open("/proc/cpuinfo") as file:
            first = file.read().split("\n\n")[0]
            return dict((part.strip() for part in line.split(":", 1)) for line in first.splitlines() if ":" in line)
    except OSError:
        return {}


def use_cores(count):
    """Restricts this process, and all that it starts, to `count` processors: first one processor of each core.

    Returns how many there are to use.
    """
    allowed, seen, first, others = sorted(os.sched_getaffinity(0)), set(), [], []
    for cpu in allowed:
        try:
            with open("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list" % cpu) as file:
                core = file.read().strip()
        except OSError:
            core = cpu
        (others if core in seen else first).append(cpu)
        seen.add(core)
    os.sched_setaffinity(0, (first + others)[:count])
    return min(count, len(allowed))


def name():
    found = cpuinfo()
    model = re.sub(r"\((R|TM)\)|@.*", "", found.get("model name", found.get("Model", "unknown processor"))).strip()
    return re.sub(r"\s+", " ", model)


def slug():
    found = cpuinfo()
    model = re.sub(r"(?i)\bprocessor\b|\bcpu\b|\d+-core", "", name())
    text = "%s %s %s" % (model, found.get("cpu family", ""), found.get("model", ""))
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or platform.machine()


def describe(cores):
    found = cpuinfo()
    flags = (found.get("flags") or found.get("Features") or "").split()
    numbers = tuple(found.get(key, "?") for key in ("cpu family", "model", "stepping"))
    kind = "family %s, model %s, stepping %s" % numbers
    virtual = ", in a virtual machine" if "hypervisor" in flags else ""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30
    try:
        with open("/etc/os-release") as file:
            system = re.search(r'PRETTY_NAME="?([^"\n]*)', file.read()).group(1)
    except (OSError, AttributeError):
        system = platform.system()
    return [
        ("Processor", "%s (%s), %d processors%s; %d used" % (name(), kind, os.cpu_count(), virtual, cores)),
        ("Instruction sets", ", ".join(flag for flag in TELLING if flag in flags)),
        ("Memory", "%.0f GiB" % memory),
        ("System", system),
    ]


class Disturbance:
    """The share of the machine's time that was neither idle nor ours."""

    def __init__(self):
        self.before = self.now()

    @staticmethod
    def now():
        try:
            with open("/proc/stat") as file:
                ticks = [int(text) for text in file.readline().split()[1:]]
        except OSError:
            return 0, 1, 0
        scale = 1 / os.sysconf("SC_CLK_TCK")
        total, idle = sum(ticks[:8]) * scale, (ticks[3] + ticks[4]) * scale
        usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        ours = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return total - idle, total, ours

    def share(self):
        """Returns the share since this object was created, from 0 to 1."""
        busy, total, ours = (now - before for now, before in zip(self.now(), self.before))
        return max(0.0, min(1.0, (busy - ours) / total)) if total > 0 else 0.0
