"""A bug in a page: the log gets the traceback, the reader a reference to it."""
import logging
from secrets import token_hex

from core.ui import parts

log = logging.getLogger("journeys")


def show(error: Exception) -> bool:
    """Say that this failed and under which reference the operator finds it; True: Streamlit shows nothing of its own."""
    reference = token_hex(3).upper()
    log.error("reference %s", reference, exc_info=error)
    parts.state("error", "This could not be worked out", f"The operator finds it in the server's log under the reference {reference}.", "bad")
    return True
