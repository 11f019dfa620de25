"""Which way runs went: the lines between elements, the ways on that the map of a version offers, and what followed what where no event names an element."""
from core.warehouse import merging
from core.warehouse.engine import Engine, Works

KEPT = ("moves", "ways", "event_moves")
FACTS = ("runs", "arrivals", "visits", "messages", "goals")


def keep(engine: Works) -> None:
    """All of them from all the facts."""
    for name in KEPT:
        engine.fill(name)


def move(engine: Engine) -> None:
    """All of them as the touched runs change them, before the facts of these are replaced. Given: `touched`, new_FACT and old_FACT of FACTS."""
    for side in ("new", "old"):
        for fact in FACTS:
            engine.view_of(fact, f"SELECT * FROM {side}_{fact}")
        for name in KEPT:
            engine.step(name)
            engine.run(f"ALTER TABLE memory.main.{name} RENAME TO {side}_{name}")
    for fact in FACTS:
        engine.run(f"DROP VIEW memory.main.{fact}")
    for name in KEPT:
        if engine.number(f"SELECT (SELECT count(*) FROM new_{name}) + (SELECT count(*) FROM old_{name})"):
            merging.merge(engine, name, {"n": "BIGINT"})
        engine.drop(f"new_{name}", f"old_{name}")
