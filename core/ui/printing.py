"""A report on paper: its questions drawn as the pages draw them, in a process that has no page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from core.access.users import User
from core.boards.forms import FORMS, fitting
from core.metrics import Query
from core.ui import answers, asking, drawing, leaving, paper
from core.ui.viewer import Viewer

if TYPE_CHECKING:
    from core.access.accounts import Account
    from core.warehouse.snapshots import Snapshot


class Printer(Viewer):
    """Who reads where there is no page: one snapshot of one account. Rights are asked where the report is made, so there is no session to ask."""

    def __init__(self, account: Account, snapshot: Snapshot, now: datetime) -> None:
        self._account, self.now = account, now
        self.user = User(0, "report", account.account_id, "viewer")  # people are dots: a picture cannot be corrected when somebody is erased
        self._snapshot, self._checked_at = snapshot, monotonic()

    def check(self) -> None:
        """Nothing to ask."""

    @property
    def snapshot(self) -> Snapshot:
        """The report's."""
        return self._snapshot


def painted(account: Account, snapshot: Snapshot, name: str, pictures: Sequence[tuple[str, Query, str | None]],
            progress: Callable[[float], None]) -> tuple[bytes, int]:
    """The questions as core.reports.custom_report.Paint says."""
    printer, images, rows = Printer(account, snapshot, snapshot.as_of), [], 0
    for n, (title, query, form) in enumerate(pictures, 1):
        fits = form if form and FORMS[form].why_not(query) is None else "table" if query.answer else fitting(query)
        chosen = asking.chosen_of(printer, query)
        widget = drawing.widget(printer, chosen, f"p-{n}", title, query, fits)
        results = (answers.ask(printer, query),)
        images.append(leaving.drawn(printer, chosen, widget.title, results, widget.picture(results) if widget.picture and results[0].frame.height else None))
        rows += results[0].frame.height
        progress(n / len(pictures))
    return paper.pdf(name, images), rows
