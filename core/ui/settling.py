"""Once a server: what the imports made is taken out of the garbage collector's rounds."""
import gc
from functools import cache


@cache
def settle() -> None:
    """After the first page run, when all is imported: every collection would look at all of it again (freezing it: 3 to 10 times the runs a second)."""
    gc.collect()
    gc.freeze()
