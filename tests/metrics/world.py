"""A small warehouse made by hand: facts as the test names them, rollups by naive SQL over the facts, published as a snapshot."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from core.warehouse import sqlfile
from core.warehouse.snapshots import Snapshot
from tests.metrics.rollups import RUNGS, roll_up

CARRY = "run_key BIGINT, profile_key BIGINT, journey_id VARCHAR, version BIGINT, sub_account_id VARCHAR, arm VARCHAR, run_day DATE, run_hour TINYINT"


def _placed(*names: str) -> str:
    return ", ".join(f"{name}_at TIMESTAMPTZ, {name}_day DATE, {name}_hour TINYINT" for name in names)


TABLES = {
    "journeys": "journey_id VARCHAR, name VARCHAR, status VARCHAR, created_by VARCHAR, tags VARCHAR[], sub_account_id VARCHAR, "
    "launched_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, is_catalogued BOOLEAN",
    "profiles": "profile_key BIGINT, profile_id VARCHAR",
    "runs": f"{CARRY}, entry_id VARCHAR, started_at TIMESTAMPTZ, exited_at TIMESTAMPTZ, exit_day DATE, exit_hour TINYINT, exit_reason VARCHAR, "
    "is_exit_point BOOLEAN, exit_element_id VARCHAR, "
    "is_active BOOLEAN, at_element_id VARCHAR, messages BIGINT, goal_events BIGINT, start_position BIGINT, first_position BIGINT, last_position BIGINT",
    "messages": f"{CARRY}, message_key BIGINT, source VARCHAR, message_id VARCHAR, channel VARCHAR, sender VARCHAR, element_id VARCHAR, {_placed(*RUNGS)}, "
    f"failed_reason VARCHAR, cost_amount DECIMAL(18,6), cost_currency VARCHAR, {_placed('cost')}, first_position BIGINT, last_position BIGINT",
    "clicks": f"{CARRY}, position BIGINT, message_key BIGINT, channel VARCHAR, sender VARCHAR, element_id VARCHAR, url VARCHAR, {_placed('clicked')}",
    "goals": f"{CARRY}, position BIGINT, name VARCHAR, {_placed('performed')}, value_amount DECIMAL(18,6), value_currency VARCHAR",
    "calls": f"{CARRY}, call_key BIGINT, source VARCHAR, call_id VARCHAR, direction VARCHAR, sender VARCHAR, outcome VARCHAR, is_answered BOOLEAN, "
    f"is_completed BOOLEAN, last_element_id VARCHAR, duration_s DOUBLE, started_at TIMESTAMPTZ, call_day DATE, call_hour TINYINT, answered_at TIMESTAMPTZ, "
    f"{_placed('ok')}, cost_amount DECIMAL(18,6), cost_currency VARCHAR, first_position BIGINT, last_position BIGINT",
    "call_steps": f"{CARRY}, position BIGINT, call_key BIGINT, kind VARCHAR, element_id VARCHAR, input VARCHAR, input_status VARCHAR, collect_name VARCHAR, "
    "next_element_id VARCHAR, stepped_at TIMESTAMPTZ, call_day DATE, call_hour TINYINT, direction VARCHAR, last_element_id VARCHAR, outcome VARCHAR",
    "arrivals": f"{CARRY}, element_id VARCHAR, arrived_at TIMESTAMPTZ, arrived_day DATE, state VARCHAR",
    "visits": f"{CARRY}, position BIGINT, element_id VARCHAR, arrived_at TIMESTAMPTZ, arrived_day DATE, seconds BIGINT",
    "mep": "month DATE, profile_key BIGINT, position BIGINT, engaged_at TIMESTAMPTZ, engaged_day DATE, billed_at TIMESTAMPTZ, journey_id VARCHAR, "
    "campaign_name VARCHAR, sub_account_id VARCHAR, is_late BOOLEAN",
    "elements": "journey_id VARCHAR, version BIGINT, ordinal INTEGER, element_id VARCHAR, kind VARCHAR, name VARCHAR, channel VARCHAR, next VARCHAR",
    "sources": "source VARCHAR, day DATE, events BIGINT, last_occurred_at TIMESTAMPTZ, last_received_at TIMESTAMPTZ",
    "orphans": "position BIGINT, event_type VARCHAR, source VARCHAR, occurred_at TIMESTAMPTZ, journey_id VARCHAR, profile_id VARCHAR, entry_id VARCHAR, "
    "message_id VARCHAR, call_id VARCHAR",
    "build": "snapshot VARCHAR, as_of TIMESTAMPTZ, position BIGINT, events BIGINT, documents BIGINT, zones VARCHAR, currency VARCHAR, engine VARCHAR, "
    "is_full BOOLEAN, seconds DOUBLE",
}

def moment(text: str) -> datetime:
    """“2026-01-05” or “2026-01-05 10:00” in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class World:
    """Facts in the account's days, which are UTC's. Each method takes what matters to the test and fills the rest; times are text in UTC."""

    knows_places = True  # False: a snapshot built before steps of calls knew their place on the path

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("SET GLOBAL timezone = 'UTC'")
        for table, columns in TABLES.items():
            self.con.execute(f"CREATE TABLE {table} ({columns})")
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        self.runs: dict[int, dict[str, Any]] = {}
        self.position = 0

    def _next(self) -> int:
        self.position += 1
        return self.position

    def journey(self, journey: str, name: str) -> None:
        self.rows["journeys"].append({"journey_id": journey, "name": name, "is_catalogued": True})

    def run(
        self,
        profile: int,
        at: str,
        journey: str = "cart",
        version: int | None = 1,
        sub_account: str | None = None,
        arm: str | None = None,
        exit: str | None = None,
        reason: str = "exit_point",
        active: bool = False,
    ) -> int:
        """A run; its key."""
        key = self._next()
        carry = {
            "run_key": key,
            "profile_key": profile,
            "journey_id": journey,
            "version": version,
            "sub_account_id": sub_account,
            "arm": arm,
            **_place("run", at, at_column=False),
        }
        self.runs[key] = carry
        self.rows["runs"].append(
            carry
            | {
                "started_at": moment(at),
                "is_active": active,
                "entry_id": f"e{key}",
                "is_exit_point": bool(exit) and reason == "exit_point",
                "exit_reason": reason if exit else None,
                "start_position": key,
                "first_position": key,
                "last_position": key,
                **(_place("exit", exit, at_column=False) if exit else {}),
                "exited_at": moment(exit) if exit else None,
            }
        )
        if journey not in {row["journey_id"] for row in self.rows["journeys"]}:
            self.journey(journey, journey.title())
        if profile not in {row["profile_key"] for row in self.rows["profiles"]}:
            self.rows["profiles"].append({"profile_key": profile, "profile_id": f"p{profile}"})
        return key

    def message(
        self,
        run: int,
        channel: str | None = "SMS",
        sender: str | None = None,
        element: str | None = None,
        reason: str | None = None,
        cost: str | None = None,
        currency: str = "EUR",
        **rungs: str,
    ) -> int:
        """A message: sent="2026-01-05", viewed=…; rungs are as given, nothing is implied."""
        key = self._next()
        row = self.runs[run] | {
            "message_key": key,
            "source": "s",
            "message_id": f"m{key}",
            "channel": channel,
            "sender": sender,
            "element_id": element,
            "failed_reason": reason,
            "cost_amount": cost,
            "cost_currency": currency if cost else None,
            "first_position": key,
            "last_position": key,
        }
        for rung, at in rungs.items():
            row |= _place(rung, at)
        self.rows["messages"].append(row | _place("cost", rungs.get("sent") or min(rungs.values())))
        return key

    def click(self, run: int, at: str, url: str | None = None, channel: str | None = "SMS", element: str | None = None) -> None:
        self.rows["clicks"].append(self.runs[run] | {"position": self._next(), "channel": channel, "element_id": element, "url": url, **_place("clicked", at)})

    def goal(self, run: int, at: str, value: str | None = None, currency: str = "EUR") -> None:
        self.rows["goals"].append(
            self.runs[run]
            | {"position": self._next(), "name": "Buy", "value_amount": value, "value_currency": currency if value else None, **_place("performed", at)}
        )

    def call(
        self,
        run: int | None,
        at: str,
        journey: str = "cart",
        outcome: str = "completed",
        direction: str | None = None,
        sender: str | None = None,
        last: str | None = None,
        seconds: float | None = None,
        ok: str | None = None,
        cost: str | None = None,
        currency: str = "EUR",
        answered: bool = True,
        completed: bool = True,
        sub_account: str | None = None,
    ) -> int:
        key = self._next()
        carry = self.runs[run] if run else {"journey_id": journey, "sub_account_id": sub_account}
        self.rows["calls"].append(
            carry
            | {
                "call_key": key,
                "source": "s",
                "call_id": f"c{key}",
                "direction": direction,
                "sender": sender,
                "outcome": outcome,
                "is_answered": answered,
                "is_completed": completed,
                "last_element_id": last,
                "duration_s": seconds,
                "started_at": moment(at),
                **_place("call", at, at_column=False),
                "cost_amount": cost,
                "cost_currency": currency if cost else None,
                "first_position": key,
                "last_position": key,
                **(_place("ok", ok) if ok else {}),
            }
        )
        return key

    def step(self, call: int, kind: str, element: str | None = None, input: str | None = None, status: str | None = None, collect: str | None = None) -> None:
        of = next(row for row in self.rows["calls"] if row["call_key"] == call)
        kept = {
            name: of.get(name)
            for name in (
                "run_key",
                "profile_key",
                "journey_id",
                "version",
                "sub_account_id",
                "arm",
                "run_day",
                "run_hour",
                "call_day",
                "call_hour",
                "direction",
                "last_element_id",
                "outcome",
            )
        }
        self.rows["call_steps"].append(
            kept
            | {
                "position": self._next(),
                "call_key": call,
                "kind": kind,
                "element_id": element,
                "input": input,
                "input_status": None if kind == "menu" else status or "ok",
                "collect_name": collect,
                "stepped_at": of["started_at"],
            }
        )

    def arrival(self, run: int, element: str, at: str, state: str = "passed", *seconds: int | None) -> None:
        """A (run, element) and its visits."""
        place = {"arrived_at": moment(at), "arrived_day": moment(at).date()}
        self.rows["arrivals"].append(self.runs[run] | {"element_id": element, "state": state, **place})
        for spent in seconds:
            self.rows["visits"].append(self.runs[run] | {"position": self._next(), "element_id": element, "seconds": spent, **place})

    def mep(self, profile: int, at: str, journey: str = "cart", sub_account: str | None = None, billed: str | None = None, late: bool = False) -> None:
        self.rows["mep"].append(
            {
                "month": moment(at).date().replace(day=1),
                "profile_key": profile,
                "position": self._next(),
                "engaged_at": moment(at),
                "engaged_day": moment(at).date(),
                "billed_at": moment(billed or at),
                "journey_id": journey,
                "campaign_name": journey.title(),
                "sub_account_id": sub_account,
                "is_late": late,
            }
        )

    def _place_steps(self) -> None:
        """What the warehouse adds to steps and calls; the tests recount it."""
        self.con.execute("ALTER TABLE call_steps RENAME TO call_said")
        self.con.execute(f"CREATE TABLE call_steps AS {sqlfile.select('call_steps')}")
        self.con.execute("DROP TABLE call_said")
        self.con.execute("ALTER TABLE calls ADD COLUMN first_element_id VARCHAR")
        self.con.execute("UPDATE calls SET first_element_id = step.element_id FROM call_steps AS step WHERE step.call_key = calls.call_key AND step.place = 1")

    def snapshot(self, folder: Path, zone: str = "UTC") -> Snapshot:
        """The world as a snapshot of its own file in the folder."""
        self.rows["build"] = [
            {
                "snapshot": "s1",
                "as_of": moment("2026-06-01"),
                "position": self.position,
                "events": self.position,
                "documents": 0,
                "zones": json.dumps([[None, zone]]),
                "currency": "EUR",
                "engine": "hand",
                "is_full": True,
                "seconds": 0.0,
            }
        ]
        for table, rows in self.rows.items():
            for row in rows:
                self.con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
        self.con.execute(
            "UPDATE runs SET messages = (SELECT count(*) FROM messages WHERE messages.run_key = runs.run_key), "
            "goal_events = (SELECT count(*) FROM goals WHERE goals.run_key = runs.run_key)"
        )
        if self.knows_places:
            self._place_steps()
        roll_up(self.con)
        self.con.execute(f"CREATE TABLE event_moves AS {sqlfile.select('event_moves')}")
        path = folder / "world.duckdb"
        path.unlink(missing_ok=True)
        self.con.execute(f"ATTACH '{path}' AS target")
        for (table,) in self.con.execute("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'memory'").fetchall():
            self.con.execute(f"CREATE TABLE target.{table} AS FROM memory.{table}")
        self.con.execute("DETACH target")
        self.con.close()
        return Snapshot(path)


def _place(name: str, at: str, at_column: bool = True) -> dict[str, Any]:
    when = moment(at)
    return {f"{name}_day": when.date(), f"{name}_hour": when.hour} | ({f"{name}_at": when} if at_column else {})
