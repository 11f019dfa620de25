"""The forms that ask for a report on MEP consumption or on a journey, and what the three forms share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access import emails
from core.errors import JourneysError, WrongUsage, unknown
from core.reports import asked, export, mail, requests
from core.ui import catalog, filters, frame, parts, reports_list, seen, words
from core.ui import mep as mep_page
from core.ui.address import Chosen, split

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

CLOSED: dict[str, str | None] = dict.fromkeys(("create", "journey", "month", "sub_account", "question", "signed", "title"))  # of the address, after a form
FORMATS = {"xlsx": "Excel (.xlsx)", "csv": "CSV (.csv)"}


def create(viewer: Viewer, wanted: str | None) -> None:
    """The button that opens a form, and the kinds that this reader may not ask for, each with who may."""
    closed = {kind: why for kind in asked.KINDS if (why := viewer.refusal("mep" if kind == "mep" else "export"))}
    open_ = {label: kind for kind, label in asked.KINDS.items() if kind not in closed}
    if viewer.snapshot is None:
        st.html("<p class=ja-sub>Nothing has been built yet: a report needs numbers.</p>")
    elif open_:
        picked = st.menu_button("Create report", list(open_), key="create", type="primary", icon=":material/add:")
        if picked is not None and open_[picked] != wanted:
            filters.write({**CLOSED, "report": None, "schedule": None, "create": open_[picked]})
            st.rerun()
    if not open_:
        parts.state("lock", "Reports are not open to you", " ".join(dict.fromkeys(closed.values())))
    elif closed:
        st.html("".join(f"<p class=ja-sub>{words.name(why)}</p>" for why in dict.fromkeys(closed.values())))


@contextmanager
def form(title: str, sub: str) -> Iterator[None]:
    """The place of a form, above the list."""
    with st.container(key="w-create", gap="small"):
        st.html(frame.title(title, sub))
        with st.container(width=680, gap="small"):
            yield


def buttons(send: Callable[[], str], label: str = "Create") -> None:
    """Create and close. `send` gives the sentence that says what happens now; what is wrong stands below the buttons."""
    with st.container(horizontal=True, gap="small"):
        is_sent = st.button(label, key="create-send", type="primary")
        st.button("Close", key="create-close", type="tertiary", on_click=filters.write, args=(CLOSED,))
    if not is_sent:
        return
    try:
        said = send()
    except JourneysError as problem:
        parts.state("error", "Nothing was asked for", str(problem), "bad")
        return
    st.session_state[reports_list.SAID] = said
    filters.write(CLOSED)
    st.rerun()


def ask(viewer: Viewer, kind: str, name: str, parameters: Mapping[str, Any], recipients: Sequence[int]) -> str:
    """Ask for the report; gives what to say of it. Raises Refused, WrongUsage."""
    viewer.check()
    made = requests.ask(viewer.store, viewer.account, viewer.user, kind, name, parameters, recipients=recipients, now=viewer.now)
    return f"{made.name} is being made."


def mep(viewer: Viewer) -> None:
    """MEP consumption: which month, of whom, as what file."""
    viewer.require("mep")
    with form("MEP consumption", "A line a monthly engaged person: Person ID, Engaged At, Billed At, Campaign ID, Campaign Name"):
        months = mep_page.offered(seen.today(viewer))
        first = filters.picked("month", list(months))
        month = st.segmented_control("Month", list(months), default=first, required=True, format_func=lambda one: months[one], key="mep-month") or first
        there = {name or "": name or "No sub-account" for name in catalog.of(viewer).sub_accounts}
        of = _sub_accounts(there)
        chosen = st.multiselect("Sub-accounts", list(there), of, format_func=lambda one: there[one], key="mep-subs", placeholder="All sub-accounts")
        lines = asked.mep_count(seen.snapshot(viewer), date.fromisoformat(f"{month}-01"), chosen)
        kind = _format_of(lines, f"mep-format-{lines > asked.CSV_FROM}")
        evidence = st.checkbox("With the evidence pack: a zip of all that proves the number, and a script that counts again", key="mep-evidence")
        name = st.text_input("Name", asked.usual_name("mep", month), key=f"mep-name-{month}", max_chars=asked.LONGEST_NAME)

        def send() -> str:
            viewer.require("mep")
            given = asked.mep(viewer.account, seen.snapshot(viewer), month, chosen, kind, evidence=evidence)
            return ask(viewer, "mep", name, given, ())

        buttons(send)


def _sub_accounts(there: Mapping[str, str]) -> list[str]:
    """Those of the address, which the MEP page gives along. Raises WrongUsage."""
    found = [name or "" for name in split(st.query_params.get("sub_account", ""), there)] if "sub_account" in st.query_params else []
    for name in found:
        if name not in there:
            raise WrongUsage(unknown("sub-account", name, list(there)))
    return found


def _format_of(lines: int, key: str) -> str:
    """Excel unless the file is long; a sheet that cannot hold it is not offered."""
    said = f"{words.plural(lines, 'line')}."
    if lines > export.MOST_ROWS:
        st.html(f"<p class=ja-sub>{said} An Excel sheet holds {export.MOST_ROWS:,} rows, so it is a CSV.</p>")
        return "csv"
    many = lines > asked.CSV_FROM
    usual = "csv" if many else "xlsx"
    picked = st.segmented_control("File", list(FORMATS), default=usual, required=True, format_func=lambda one: FORMATS[one], key=key)
    why = f" CSV is chosen: a spreadsheet of over {asked.CSV_FROM:,} lines opens slowly." if many else ""
    st.html(f"<p class=ja-sub>{said}{why}</p>")
    return picked or usual


def journey(viewer: Viewer, chosen: Chosen) -> None:
    """A journey's report: which one, of which days, on which basis; at first those of the address."""
    viewer.require("export")
    names = catalog.of(viewer)
    there, wanted = list(names.journeys), chosen.journeys[0] if len(chosen.journeys) == 1 else None
    with form("Journey report", "The metrics of a journey’s channels as an Excel file with charts"):
        one = st.selectbox("Journey", there, there.index(wanted) if wanted else None, format_func=names.name, key=f"journey-{wanted}", placeholder="Choose one")
        days = st.date_input("Range", chosen.days, format="YYYY-MM-DD", key="journey-days")
        bases = list(filters.BASES)
        basis = st.radio("Numbers of", bases, bases.index(chosen.basis), format_func=lambda key: filters.BASES[key], horizontal=True, key="journey-basis")
        usual = asked.usual_name("journey", names.name(one) if one else "")
        name = st.text_input("Name", usual, key=f"journey-name-{one}", max_chars=asked.LONGEST_NAME)
        own = emails.of(viewer.store, viewer.user) if mail.is_set_up(viewer.settings) else None
        st.html(f"<p class=ja-sub>It is kept here{f' and sent to {words.name(own)}' if own else ''}.</p>")

        def send() -> str:
            viewer.require("export")
            if one is None or not isinstance(days, tuple) or len(days) != 2:
                raise WrongUsage("Choose a journey, and both ends of the range.")
            given = asked.journey(seen.snapshot(viewer), one, days[0], days[1], basis)
            return ask(viewer, "journey", name, given, (viewer.user.user_id,) if own else ())

        buttons(send)
