"""Waiting for what another process does: it says nothing to ours, so it is looked at until it is so."""
import time

PATIENCE_S = 60
LOOK_S = 0.1


def until(probe, within_s=PATIENCE_S):
    """What the probe gives as soon as it is true. Fails where it is not within the time, however long a look takes."""
    end = time.monotonic() + within_s
    while not (found := probe()):
        assert time.monotonic() < end, f"not within {within_s} s: {found!r}"
        time.sleep(LOOK_S)  # between two looks; what is waited for is the probe's
    return found
