"""Questions as people paste them: a question's JSON, or a link that carries one, each on a line of its own."""
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from core.errors import WrongUsage
from core.metrics import Query


def questions(text: str) -> list[dict[str, Any]]:
    """[{"title" (may be empty), "question", "signed" (may be empty)}, …] for core.reports.asked.custom. Raises WrongUsage, naming the line that is none."""
    return [_read(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _read(n: int, line: str) -> dict[str, Any]:
    try:
        if not line.startswith("{"):
            return _of_link(line)
        found = orjson.loads(line)
        one = found if "question" in found else {"question": found}
        return {"title": str(one.get("title") or ""), "question": Query.of(one["question"]).document(), "signed": str(one.get("signed") or "")}
    except orjson.JSONDecodeError as problem:
        raise WrongUsage(f"Line {n} is not JSON: {problem}.") from problem
    except WrongUsage as problem:
        raise WrongUsage(f"Line {n}: {problem}") from problem


def _of_link(line: str) -> dict[str, Any]:
    """A link with a question in it: a widget's download, an Explore page, or the one of “Put into a report”."""
    given = dict(parse_qsl(urlsplit(line).query))
    carried = next((value for value in given.values() if value.startswith("{") and '"measures"' in value), None)
    if carried is None:
        raise WrongUsage("this is no question, and no link that carries one. A widget's menu has “Put into a report”; its download link works too.")
    return {"title": given.get("title", ""), "question": Query.of(orjson.loads(carried)).document(), "signed": given.get("signed", "")}


def of_address(title: str, question: str, signed: str = "") -> str:
    """The line that `questions` reads back, of a title and a question's JSON; what is no JSON stands as it came, and is named when it is read."""
    try:
        found = orjson.loads(question)
    except orjson.JSONDecodeError:
        return " ".join(question.split())
    return orjson.dumps({"title": title, "question": found} | ({"signed": signed} if signed else {}) if title else found).decode()
