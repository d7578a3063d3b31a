"""Finds each peer's best settings in trials, then runs all participants in rounds: A B C A B C …"""

import statistics
import sys

from participants import Failed, typical
from works import settings_to_try


def say(text):
    print(text, file=sys.stderr, flush=True)


class Measured:
    """The results of one work: for each participant, a list in the order of the rounds."""

    def __init__(self, work):
        self.work = work
        self.results = {"Nabla": []}
        self.settings = {}
        self.missing = {}               # peer → why it has no row
        self.limits = []                # operations per second, one value per round

    def seconds(self, who):
        return [typical(result, self.work) for result in self.results[who]]

    def ratios(self, peer):
        """Returns their time over ours, within each round: above 1, we are faster."""
        return [theirs / ours for theirs, ours in zip(self.seconds(peer), self.seconds("Nabla"))]

    def accuracy(self, who):
        found = [result["accuracy"] for result in self.results[who] if result.get("accuracy") is not None]
        return statistics.mean(found) if found else None

    def share_of_limit(self, who):
        """Returns the time that the products would take at the limit, over the time taken."""
        operations = 2 * 1024 ** 3 if self.work.kind == "product" else getattr(self.work, "operations", None)
        if operations is None or self.work.kind == "process" or not self.limits:
            return None
        return statistics.median(operations / limit / seconds for seconds, limit in zip(self.seconds(who), self.limits))


def best_setting(participants, peer, work, cores, quick):
    """Tries every setting once, briefly, and returns the fastest; later stages must beat the earlier ones."""
    best, best_seconds, reason, patience = None, float("inf"), Failed("no setting was tried"), 600
    for stage in settings_to_try(peer, work, cores):
        candidates = stage(best)
        if len(candidates) == 1 and best is None:
            return candidates[0]
        for setting in candidates:
            try:
                result = participants.peer(peer, work, setting, trial_epochs(work), 1, patience)
            except Failed as failure:
                reason = failure
                say("    %-13s %-60s %s" % (peer, setting, failure))
                continue
            # The minimum, not the median, because a trial is short.
            seconds = result["wall"] if work.kind == "process" else min(result["seconds"][1:])
            say("    %-13s %-60s %.4g ms" % (peer, setting, 1000 * seconds))
            if seconds < best_seconds:
                best, best_seconds = setting, seconds
                patience = 10 + int(3 * result["wall"])     # a setting that takes so much longer is not faster
        if best is None:
            raise reason
        if quick:
            break
    return best


def trial_epochs(work):
    if work.kind == "process":
        return 1
    return 4 if getattr(work, "batch", 0) == 32 else 2


def measure(participants, work, rounds, cores, quick):
    say("%s" % work.title)
    measured = Measured(work)
    for peer in work.peers:
        try:
            measured.settings[peer] = best_setting(participants, peer, work, cores, quick)
            measured.results[peer] = []
        except Failed as failure:
            measured.missing[peer] = str(failure)
            say("    %s is left out: %s" % (peer, failure))
    epochs = getattr(work, "epochs", 1)
    if work.kind != "process":
        epochs = 1 + (min(epochs, 3) if quick else epochs)
    for seed in range(1, rounds + 1):
        for who in list(measured.results):
            try:
                if who == "Nabla":
                    result = participants.nabla(work, epochs, seed)
                else:
                    result = participants.peer(who, work, measured.settings[who], epochs, seed)
            except Failed as failure:
                if who == "Nabla":
                    raise
                measured.missing[who] = str(failure)
                del measured.results[who]
                continue
            measured.results[who].append(result)
        if work.kind in ("product", "epoch"):
            measured.limits.append(participants.limit(work.threads if work.kind == "product" else cores)["flops"])
        times = ["%s %.4g ms" % (who, 1000 * measured.seconds(who)[-1]) for who in measured.results]
        say("    round %d: %s" % (seed, ", ".join(times)))
    return measured
