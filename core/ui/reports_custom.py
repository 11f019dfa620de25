"""The form of a custom report: questions that were saved or pasted, answered once or on a schedule; and the schedules there are."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access import signed
from core.access.features import Refused
from core.boards import shelf
from core.boards.visualization import Visualization, titled
from core.errors import WrongUsage
from core.metrics import MEASURES, Query
from core.metrics.dimensions import dimension
from core.reports import asked, pasted, schedules
from core.store import report_schedules
from core.ui import filters, frame, reports_forms, reports_list, reports_mail, seen, tables, words
from core.ui.address import whole
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

ONCE = "once"
WHEN = {ONCE: "Once, now", **schedules.RHYTHMS}
FORMATS = {**reports_forms.FORMATS, asked.PICTURES: "Pictures (.pdf)"}
RANGE_OF = {ONCE: "asked", "daily": "1d", "weekly": "7d", "monthly": "last_month"}  # what each rhythm usually speaks of
DAYS = {0: "the last day", **{n: f"day {n}" for n in range(1, 29)}}


def form(viewer: Viewer) -> None:
    """What is asked, of which days, as what file, for whom and how often; at first the question of the address."""
    viewer.require("export")
    with reports_forms.form("Custom report", "Any questions, each a table of its own"):
        questions = _questions(viewer)
        when = st.segmented_control("When", list(WHEN), default=ONCE, required=True, format_func=lambda key: WHEN[key], key="custom-when") or ONCE
        hour, day = _time(viewer, when)
        ranges = list(asked.RANGES)
        span = st.selectbox("Range", ranges, ranges.index(RANGE_OF[when]), format_func=lambda key: asked.RANGES[key], key=f"custom-range-{when}")
        kind = st.segmented_control("File", list(FORMATS), default="xlsx", required=True, format_func=lambda key: FORMATS[key], key="custom-format")
        recipients = reports_mail.recipients(viewer, "custom-to")
        name = st.text_input("Name", st.query_params.get("title", "")[: asked.LONGEST_NAME] or "Custom report", key="custom-name", max_chars=asked.LONGEST_NAME)

        def send() -> str:
            viewer.require("export")
            given = asked.custom(viewer.account, seen.snapshot(viewer), questions(), span, kind or "xlsx")
            if when == ONCE:
                return reports_forms.ask(viewer, "custom", name, given, recipients)
            made = schedules.add(viewer.store, viewer.account, viewer.user, name, given, recipients, when, hour, day, now=viewer.now)
            return f"{made.name}: {words.lower(schedules.in_words(made))}, next {words.moment(made.next_at, viewer.account.zone_at(made.next_at))}."

        reports_forms.buttons(send, "Create" if when == ONCE else "Create the schedule")


def _questions(viewer: Viewer) -> Callable[[], list[dict[str, Any]]]:
    """The fields of the questions; gives the function that reads them, which raises WrongUsage."""
    saved, given = _saved(viewer), _of_address()
    said = _in_words(given)
    if said:
        st.html(f"<p class=ja-sub>{said}</p>")
    with st.expander("The question as text; more can be pasted below it" if said else "Questions, one a line", expanded=not said):
        text = st.text_area(
            "Questions, one a line", given, key="custom-questions", height=110, label_visibility="collapsed",
            placeholder="Paste links of widgets (“Put into a report”, or a download link), or questions as JSON: "
            '{"measures": ["entries"], "dimensions": ["journey"]}',
        )  # fmt: skip

    def read() -> list[dict[str, Any]]:
        found = [*saved, *(_signed(viewer, one) for one in pasted.questions(text))]
        if not found:
            raise WrongUsage("Choose or paste at least one question.")
        return found

    return read


def _of_address() -> str:
    return pasted.of_address(*(st.query_params.get(name, "") for name in ("title", "question", "signed")))


def _in_words(text: str) -> str:
    """What the address asks, as HTML; nothing where it asks nothing, or something that is no question."""
    try:
        found = pasted.questions(text)
    except WrongUsage:
        return ""
    asked = [(one["title"], Query.of(one["question"])) for one in found]
    return "<br>".join(f"<b>{words.name(title or titled(query))}</b>: {escape(_columns(query))}" for title, query in asked)


def _columns(query: Query) -> str:
    """The columns that the question's table will have."""
    named = (*(dimension(name).label for name in query.dimensions), *(MEASURES[name].label for name in query.measures))
    return ", ".join([*named, *(formula.name for formula in query.formulas)])


def _signed(viewer: Viewer, one: dict[str, Any]) -> dict[str, Any]:
    """A pasted question with the feature that it needs. Raises Refused where that is Explore's and this reader has it not."""
    needs = signed.feature_of(viewer.settings.secret_key, viewer.account.account_id, one["signed"], one["question"])
    if needs == signed.ANYTHING and (why := viewer.refusal(needs)):
        raise Refused(f"“{one['title'] or one['question']['measures'][0]}” is no question of a widget that you may see, and to ask freely needs Explore. {why}")
    return one | {"needs": needs}


def _saved(viewer: Viewer) -> list[dict[str, Any]]:
    """Saved visualizations to pick from, where the reader may use them; those picked, as they are now."""
    if not viewer.may("visualizations"):
        return []
    found = {one.board_id: one for one in shelf.listed(viewer, shelf.VISUALIZATION)}
    if not found:
        return []
    picked = st.multiselect("Saved visualizations", list(found), format_func=lambda key: found[key].name, key="custom-saved", placeholder="Choose some")
    read = [(found[key].name, Visualization.of(found[key].document)) for key in picked]
    return [{"title": name, "question": one.query.document(), "range": one.span.text, "form": one.form, "needs": "visualizations"} for name, one in read]


def _time(viewer: Viewer, when: str) -> tuple[int, int | None]:
    if when == ONCE:
        return 0, None
    with st.container(horizontal=True, gap="small"):
        day: int | None = None
        if when == "weekly":
            day = st.selectbox("On", range(1, 8), format_func=lambda n: schedules.WEEKDAYS[n - 1], key="custom-weekday", width=200)
        if when == "monthly":
            day = st.selectbox("On", list(DAYS), 1, format_func=lambda n: DAYS[n], key="custom-day", width=200)
        zone = viewer.account.time_zone
        hour = st.selectbox(f"At, {zone}", range(24), 8, format_func=lambda n: f"{n:02}:00", key="custom-hour", width=220)
    return int(hour), day


def listed(viewer: Viewer) -> None:
    """The schedules, when each is due next, and the way to switch off or drop one; nothing where there is none."""
    found = [one for one in report_schedules.listed(viewer.store, viewer.account.account_id)
             if asked.refusal(viewer.account, viewer.user.role, "custom", one.parameters) is None]
    if not found:
        return
    with st.container(key="w-schedules", gap="xsmall"):
        st.html(frame.title(words.plural(len(found), "schedule"), f"On the clock of {escape(viewer.account.time_zone)}"))

        def link(row: dict[str, Any]) -> str:
            address = filters.address_with({"schedule": str(row["one"].schedule_id)}, only=())
            return f'<a href="{escape(address)}" target=_self>{words.name(row["one"].name)}</a>'

        def due(row: dict[str, Any]) -> str:
            at = row["one"].next_at
            return escape(words.moment(at, viewer.account.zone_at(at))) if row["one"].active else words.MISSING

        columns = [
            Col("Name", "t", link), Col("State", "t", lambda row: "<span class=ja-st>On</span>" if row["one"].active else "<span class='ja-st off'>Off</span>"),
            Col("When", "t w", lambda row: escape(schedules.in_words(row["one"]))), Col("Next", "t w", due),
            Col("Questions", "n", lambda row: words.count(len(row["one"].parameters["questions"]))),
            Col("Mailed to", "n", lambda row: words.count(len(row["one"].recipients))), Col("By", "t", lambda row: words.name(row["one"].asked_by)),
        ]  # fmt: skip
        tables.table(columns, [{"one": one} for one in found], "Schedules")


def one(viewer: Viewer, schedule_id: str) -> None:
    """One schedule, and what may be done with it. Raises UnknownSchedule."""
    number = whole(schedule_id)
    if number is None:
        raise report_schedules.UnknownSchedule(f"There is no schedule {schedule_id}.")
    found = report_schedules.find(viewer.store, viewer.account.account_id, number)
    who, now = (viewer.store, viewer.account, viewer.user, found.schedule_id), viewer.now
    with st.container(key="w-schedule", gap="xsmall"):
        st.html(frame.title(found.name, escape(f"{schedules.in_words(found)} · {asked.RANGES[found.parameters['range']]}")))
        with st.container(horizontal=True, gap="small"):
            said = f"{found.name} is switched {'off' if found.active else 'on'}."
            if st.button("Switch off" if found.active else "Switch on", key="schedule-switch", icon=":material/power_settings_new:"):
                reports_list.done(viewer, lambda: schedules.switch(*who, active=not found.active, now=now), said, "schedule")
            if st.button("Remove it", key="schedule-drop", icon=":material/delete:"):
                reports_list.done(viewer, lambda: schedules.remove(*who, now=now), f"{found.name} is removed; its reports stay.", "schedule")
            st.button("Close", key="schedule-close", type="tertiary", on_click=filters.write, args=({"schedule": None},))
        rows = [{"title": item["title"], "columns": _columns(Query.of(item["question"]))} for item in found.parameters["questions"]]
        columns = [Col("Question", "t", lambda row: words.name(row["title"])), Col("Columns", "t", lambda row: escape(row["columns"]))]
        tables.table(columns, rows, "Questions", "tight")

