"""Formats the table, at most 120 columns wide."""

import statistics

HEAD = ("work", "peer", "ours", "limit", "theirs", "limit", "theirs/ours", "accuracy")
WIDTHS = (28, 17, 10, 5, 10, 5, 19, 0)


def duration(seconds):
    if seconds < 1e-4:
        return "%.2f µs" % (1e6 * seconds)
    return "%.1f ms" % (1000 * seconds) if seconds < 1 else "%.2f s" % seconds


def amount(measured, who):
    """Returns the median, in the unit of the work."""
    seconds = statistics.median(measured.seconds(who))
    return "%.1f GF/s" % (2 * 1024 ** 3 / seconds / 1e9) if measured.work.kind == "product" else duration(seconds)


def percent(share, digits=0):
    return "" if share is None else "%.*f %%" % (digits, 100 * share)


def ratio(ratios):
    return "%.2f (%.2f–%.2f)" % (statistics.median(ratios), min(ratios), max(ratios))


def accuracies(measured, peer):
    ours, theirs = measured.accuracy("Nabla"), measured.accuracy(peer)
    return "" if ours is None else "%.1f : %.1f %%" % (100 * ours, 100 * theirs)


def rows_of(measured):
    work = measured.work
    for peer in work.peers:
        ours = (work.title, peer, amount(measured, "Nabla"), percent(measured.share_of_limit("Nabla")))
        if peer in measured.missing:
            yield ours + ("left out: " + measured.missing[peer],)
            continue
        yield ours + (amount(measured, peer), percent(measured.share_of_limit(peer)), ratio(measured.ratios(peer)),
                      accuracies(measured, peer))
        if work.kind == "process":
            memory = [[result["memory"] for result in measured.results[who]] for who in ("Nabla", peer)]
            ours_peak, theirs_peak = map(statistics.median, memory)
            yield ("  its peak memory", peer, "%.0f MB" % (ours_peak / 1e6), "", "%.0f MB" % (theirs_peak / 1e6), "",
                   ratio([theirs / ours for ours, theirs in zip(*memory)]), "")


def limit_rows(everything, cores):
    """Yields the limit itself, by number of threads, over all rounds of all works."""
    found = {}
    for measured in everything:
        threads = measured.work.threads if measured.work.kind == "product" else cores
        found.setdefault(threads, []).extend(limit / 1e9 for limit in measured.limits)
    for threads, limits in sorted(found.items()):
        if limits:
            yield ("FMA limit, %d thread%s" % (threads, "" if threads == 1 else "s"),
                   "%.1f GF/s (%.1f–%.1f)" % (statistics.median(limits), min(limits), max(limits)))


def lines(rows):
    def line(cells):
        texts = []
        for number, cell in enumerate(cells):
            width = WIDTHS[number] if number < len(cells) - 1 else 0
            texts.append(cell.rjust(width) if 2 <= number <= 5 else cell.ljust(width))
        return " ".join(texts).rstrip()

    yield line(HEAD)
    yield "─" * 119
    for cells in rows:
        yield line(cells)[:120]
