"""Which way runs went: the lines between elements, and the ways on that the map of a version offers."""
from core.warehouse import merging
from core.warehouse.engine import Engine, Works

KEPT = ("moves", "ways")
FACTS = ("runs", "arrivals", "visits")


def keep(engine: Works) -> None:
    """Both tables from all the facts."""
    for name in KEPT:
        engine.fill(name)


def move(engine: Engine) -> None:
    """Both as the touched runs change them, before the facts of these are replaced. Given: `touched`, new_runs, new_arrivals, new_visits."""
    for side, rows in (("new", "new_{}"), ("old", "snap.{} WHERE run_key IN (SELECT run_key FROM touched)")):
        for fact in FACTS:
            engine.view_of(fact, f"SELECT * FROM {rows.format(fact)}")
        for name in KEPT:
            engine.step(name)
            engine.run(f"ALTER TABLE memory.main.{name} RENAME TO {side}_{name}")
    for fact in FACTS:
        engine.run(f"DROP VIEW memory.main.{fact}")
    for name in KEPT:
        merging.merge(engine, name, {"n": "BIGINT"})
        engine.drop(f"new_{name}", f"old_{name}")
