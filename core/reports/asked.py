"""What may be asked for as a report: each kind's parameters, checked, and the features that it needs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.access.accounts import Account
from core.boards.forms import FORMS
from core.boards.spans import Span
from core.boards.visualization import titled
from core.errors import JourneysError, WrongUsage, unknown
from core.metrics import Query, answer
from core.metrics.answering import answerable, journey_names
from core.metrics.mep import first_day
from core.metrics.named import teller
from core.metrics.needs import features
from core.metrics.numbers import month
from core.metrics.rules import settled
from core.reports.mep_report import fits
from core.store.names import named

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

KINDS = {"mep": "MEP consumption", "journey": "Journey report", "custom": "Custom report"}
FORMATS = ("xlsx", "csv")
PICTURES = "pdf"  # of a custom report: each question as the form draws it
CSV_FROM = 10_000  # lines from which a CSV is proposed: a spreadsheet of more opens slowly and is rarely read
RANGES: Mapping[str, str] = {  # of a custom report: whole days before the one it is made on
    "asked": "As each question has it", "1d": "The day before", "7d": "The 7 days before", "28d": "The 28 days before",
    "month": "The month so far, to the day before", "last_month": "The month before",
}
MOST_QUESTIONS = 30
TELLS_PEOPLE = ("collect_values", "path_calls", "first_path_calls")  # answers that hold what callers typed or said, or who they are
LONGEST_NAME = 120


def features_of(kind: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """What somebody needs who asks for such a report, downloads it or gets it by mail."""
    if kind == "mep":
        return ("mep",)
    if kind == "journey":
        return ("export",)
    queries = [Query.of(item["question"]) for item in parameters["questions"]]
    asked = [feature for query in queries for feature in features(query)]
    asked += [item["needs"] for item in parameters["questions"] if item.get("needs")]
    names = {(query.answer or "").partition(":")[0] for query in queries}
    people = ["people"] if names & {*TELLS_PEOPLE} else []  # one file for all who may have it, so nothing in it is masked
    return tuple(dict.fromkeys(["export", *asked, *people, *(["dashboards"] if parameters.get("dashboard") else [])]))


def refusal(account: Account, role: str, kind: str, parameters: Mapping[str, Any]) -> str | None:
    """Why somebody with the role may not have such a report, naming the package or role that may; None: may."""
    return next((why for feature in features_of(kind, parameters) if (why := account.refusal(feature, role))), None)


def name_of(text: str) -> str:
    """A report's name. Raises WrongUsage."""
    return named(" ".join(text.split()), LONGEST_NAME, "a report's name")


def usual_name(kind: str, of: str = "") -> str:
    """What a report is called where nobody gives it a name; `of` is its month YYYY-MM, or the name of its journey. Raises WrongUsage."""
    of = month(first_day(of)) if kind == "mep" and of else of
    return " ".join(f"{KINDS[kind]} {of}".split())[:LONGEST_NAME]


def today(account: Account, snapshot: Snapshot) -> date:
    """The local day up to which the snapshot has data."""
    return snapshot.as_of.astimezone(ZoneInfo(account.zone_at(snapshot.as_of))).date()


def mep(account: Account, snapshot: Snapshot, month: str, sub_accounts: Sequence[str | None] = (), kind: str = "csv", *,
        evidence: bool = False) -> dict[str, Any]:
    """Parameters of a MEP report: a month YYYY-MM, of all sub-accounts or of those named (None or "": of none). Raises WrongUsage."""
    first = first_day(month)
    if first > today(account, snapshot):
        raise WrongUsage(f"The month {month} has not begun.")
    _format(kind)
    if kind == "xlsx" and not evidence:
        fits(mep_count(snapshot, first, sub_accounts))
    return {"month": month, "sub_accounts": [name or None for name in sub_accounts], "format": kind, "evidence": evidence}


def mep_count(snapshot: Snapshot, month: date, sub_accounts: Sequence[str | None] = ()) -> int:
    """How many lines the report of a month (its first day) has."""
    last = (month + timedelta(31)).replace(day=1) - timedelta(1)
    where = (("sub_account", tuple(name or None for name in sub_accounts)),) if sub_accounts else ()
    return int(answer(snapshot, Query(("mep",), (), month, last, where=where)).value("mep"))


def journey(snapshot: Snapshot, journey_id: str, first: date | None, last: date | None, basis: str = "entered") -> dict[str, Any]:
    """Parameters of a journey's report: whole local days, both included, None is open. Raises WrongUsage."""
    known = journey_names(snapshot)
    if journey_id not in known:
        raise WrongUsage(unknown("journey", journey_id, known))
    settled(Query(("entries",), (), first, last, basis))
    return {"journey": journey_id, "from": first and first.isoformat(), "to": last and last.isoformat(), "basis": basis, "format": "xlsx"}


def custom(account: Account, snapshot: Snapshot, questions: Sequence[Mapping[str, Any]], range_: str = "asked", kind: str = "xlsx") -> dict[str, Any]:
    """Parameters of a custom report. questions: {"title", "question": a Query's document, "range": a boards.Span as text, or absent,
    "form": of boards.FORMS, or absent, "needs": the feature that opens the page which asks it (core.access.signed), absent where the operator asks}.

    Raises WrongUsage, naming the question that cannot be answered.
    """
    _format(kind, (*FORMATS, PICTURES))
    if range_ not in RANGES:
        raise WrongUsage(unknown("range", range_, RANGES))
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise WrongUsage(f"A custom report has 1 to {MOST_QUESTIONS} questions, not {len(questions)}.")
    kept = [{"title": str(one.get("title") or f"Question {n}"), "question": Query.of(one["question"]).document(), "range": one.get("range")}
            | {name: one[name] for name in ("needs", "form") if one.get(name)} for n, one in enumerate(questions, 1)]
    for form in {str(item["form"]) for item in kept if "form" in item} - set(FORMS):
        raise WrongUsage(unknown("form", form, FORMS))
    parameters = {"questions": kept, "range": range_, "format": kind}
    for given, item, (title, query) in zip(questions, kept, asked_on(parameters, today(account, snapshot)), strict=True):
        try:
            answerable(snapshot, settled(query))
            if query.answer:
                teller(query.answer)
        except JourneysError as problem:
            raise WrongUsage(f"“{title}”: {problem}") from problem
        item["title"] = name_of(str(given.get("title") or titled(query))[:LONGEST_NAME])
    return parameters


def asked_on(parameters: Mapping[str, Any], day: date) -> list[tuple[str, Query]]:
    """A custom report's questions with the days that they mean when it is made on this local day."""
    found = []
    for item in parameters["questions"]:
        query, days = Query.of(item["question"]), None
        if parameters["range"] != "asked":
            days = Span(parameters["range"]).days(day if parameters["range"] == "last_month" else day - timedelta(1))
        elif item.get("range"):
            days = Span.of(item["range"]).days(day)
        found.append((item["title"], query if days is None else replace(query, first=days[0], last=days[1])))
    return found


def _format(kind: str, known: Sequence[str] = FORMATS) -> None:
    if kind not in known:
        raise WrongUsage(unknown("format", kind, known))
