"""A dashboard as the questions of a custom report: as it stands when the report is made, for whoever asked and still may."""
from collections.abc import Mapping
from typing import Any

from core.boards import shelf
from core.boards.dashboard import Dashboard
from core.boards.shelf import Asker, Reader
from core.errors import JourneysError, WrongUsage

DASHBOARD = "dashboard"  # the parameter of a custom report that names one


def of(reader: Reader, dashboard: Dashboard) -> list[dict[str, Any]]:
    """Its widgets in the order in which they are read, as core.reports.asked.custom takes them; what the reader may not open is left out."""
    found = []
    for item in dashboard.in_order:
        made, title = item.own, item.title
        if item.visualization_id is not None:
            try:
                board, made = shelf.visualization(reader, item.visualization_id)
            except shelf.NotThere:
                continue
            title = title or board.name
        if made is not None:
            found.append({"title": title or made.title, "question": made.query.document(), "range": made.span.text, "form": made.form})
    if not found:
        raise WrongUsage("Nothing on this dashboard can be sent: it has no widget that you may open.")
    return found


def current(asker: Asker, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with the questions that the dashboard has now. Raises Refused, NotThere where the dashboard is not open to the asker any more."""
    from core.reports.asked import MOST_QUESTIONS

    _, dashboard = shelf.dashboard(asker, int(parameters[DASHBOARD]))
    questions = of(asker, dashboard)
    if len(questions) > MOST_QUESTIONS:
        raise JourneysError(f"A report has at most {MOST_QUESTIONS} questions; the dashboard has {len(questions)} widgets by now: make two of it.")
    return {**parameters, "questions": [{**one, "title": one["title"][:120]} for one in questions]}
