"""The audit trail of an account: who did what to which thing, on screen and as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access import audit
from core.access.accounts import Account
from core.access.audit import Entry
from core.access.features import PACKAGES, ROLES
from core.metrics import DIMENSIONS, MEASURES
from core.ui import parts, sheets, tables, words
from core.ui.sheets import Sheet, Widget

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

AUDITED = 200  # entries on the page
IN_A_FILE = 100_000
LONGEST = 180  # characters of a detail on the page
KINDS = {"When": "t w", "What": "t w", "Which": "t name"}
COLUMNS = sheets.columns("When", "Who", "What", "Which", "Detail")
LABELS = {name: one.label for names in (MEASURES, DIMENSIONS, PACKAGES, ROLES) for name, one in names.items()}  # what the detail may name


def show(viewer: Viewer, account: Account) -> None:
    """The newest entries, newest first; its files hold the older ones too."""

    def sheet(most: int) -> Sheet:
        viewer.require("administer")  # a file is made long after the page was drawn
        rows = [_written(one, account.time_zone) for one in audit.newest(viewer.store, account.account_id, most)]
        return Sheet(COLUMNS, sheets.frame_of(COLUMNS, rows), (("Counted", "changes and exports, newest first"), ("Time zone", account.time_zone)))

    drawn = sheet(AUDITED)

    def draw() -> None:
        if drawn.frame.is_empty():
            parts.state("history", "Nothing has been done yet", "Every change of users, tokens, packages and connections is written here.")
        else:
            cells = [tables.Col(column.label, KINDS.get(column.name, "t"), sheets.cell(column) if column.name != "Detail" else _short) for column in COLUMNS]
            tables.table(cells, list(drawn.frame.iter_rows(named=True)), "Audit trail", "tight", height=420)

    foot = (f"The newest {AUDITED} entries are shown; the files hold all",) if drawn.frame.height == AUDITED else ()
    sheets.show(viewer, None, Widget("audit", "Audit trail, by time", (("", lambda: sheet(IN_A_FILE)),), draw, foot=foot, feature=None))


def _short(row: tables.Row) -> str:
    """A detail that fills the page, as that of a report's questions does, begins here and is opened."""
    said = str(row["Detail"])
    if len(said) <= LONGEST:
        return words.name(said)
    begin = said[:LONGEST].rsplit(" ", 1)[0]
    return f"<details><summary>{words.name(begin)} …</summary>{words.name(said[len(begin):].strip())}</details>"


def _written(one: Entry, zone: str) -> tuple[str, ...]:
    what = one.action.replace(".", " ").replace("_", " ")
    said = "; ".join(f"{name.replace('_', ' ').replace('mep', 'MEP')}: {_said(value)}" for name, value in one.detail.items() if value not in (None, [], {}))
    return words.moment(one.happened_at, zone, year=True), one.actor, words.capital(what), one.subject, words.capital(said)


def _said(value: Any) -> str:
    """A kept value in words: no True, no name of a package or role as it stands in the code."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_said(name)}: {_said(one)}" for name, one in value.items() if one not in (None, [], {}))
    return words.MISSING if value is None else LABELS.get(value, str(value))
