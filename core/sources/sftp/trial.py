"""`journeys sftp test`: which step of a connection fails, and what its newest file looks like."""
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import JourneysError
from core.sources.sftp import connections
from core.sources.sftp.checking import checked
from core.sources.sftp.client import Client, client
from core.sources.sftp.connections import Connection
from core.sources.sftp.faults import ConnectionFault, FileFault
from core.sources.sftp.intake import Intake
from core.sources.sftp.looking import Decision, decide, matching

STEPS = ("resolve", "connect", "host key", "sign-in", "SFTP", "folder")
_PART_OF = {"greeting": "connect", "algorithms": "connect"}  # an SSH greeting is how a connection begins
PREVIEW = 256 << 10  # bytes of the newest file that are judged
PREVIEW_ROWS = 10


@dataclass(slots=True)
class Trial:
    """`passed` steps in their order, then the one that failed (None: none did) and why; `preview` of the newest file, None where there is none."""

    passed: list[str] = field(default_factory=list)
    failed: str | None = None
    error: str | None = None
    fingerprint: str | None = None  # on offer, where the host key is not accepted
    matching: int = 0  # files that the pattern means
    preview: dict[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """steps (step, ok, error), files that match, and the preview of the newest."""
        steps = [{"step": step, "ok": True, "error": None} for step in self.passed]
        steps += [{"step": self.failed, "ok": False, "error": self.error}] if self.failed else []
        return {"steps": steps, "files": self.matching, "preview": self.preview}


def trial(intake: Intake, connection: Connection) -> Trial:
    """Try every step, take nothing."""
    found, begun = Trial(), list[str]()
    try:
        with client(connections.server(intake, connection), connection.path, begun.append) as talk:
            begun.append("folder")
            files = matching(talk.look(), connection.pattern)
            found.matching = len(files)
            seen = {name: (stat.size, stat.mtime) for name, stat in ((one.file, one.stat) for one in _all(files))}
            takeable = [one for one in decide(seen, files, {}, set(), intake.max_bytes) if one.error is None]
            if takeable:
                found.preview = _preview(connection, talk, takeable[-1])
    except ConnectionFault as fault:
        found.failed, found.error = _PART_OF.get(fault.step, fault.step), str(fault)
        found.fingerprint = getattr(fault, "fingerprint", None)
    except JourneysError as fault:
        found.failed, found.error = "sign-in", str(fault)
    done = STEPS.index(found.failed) if found.failed in STEPS else len(STEPS)
    found.passed = list(STEPS[:done])
    return found


def _all(files: Any) -> list[Decision]:
    return [Decision(name, stat) for name, stat in files.items()]


def _preview(connection: Connection, talk: Client, newest: Decision) -> dict[str, Any]:
    """Columns found and the first rows judged."""
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "preview"
        try:
            with part.open("wb") as out:
                talk.read(newest.name, newest.stat, out, PREVIEW)
            whole = (newest.stat.size or 0) <= PREVIEW
            if not whole:  # the last row is cut
                content = part.read_bytes()
                part.write_bytes(content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1] or content)
            with checked(part, connection.reading) as found:
                rows = [row for row, _ in zip(found.rows(), range(PREVIEW_ROWS), strict=False)]
                return {"file": newest.file, "error": None, "whole": whole, **found.counts(), "rows": rows}
        except FileFault as fault:
            return {"file": newest.file, "error": str(fault)}
