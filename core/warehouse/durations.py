"""What is kept of how long things took: each run's time to its first goal, and visits by steps of time, from which medians are found."""
from core.warehouse import merging, sqlfile
from core.warehouse.engine import Engine, Works

KEPT = ("first_goals", "visit_steps")
STEPS = ((60, 1), (600, 60), (3600, 300), (86_400, 900), (604_800, 3600), (2_592_000, 21_600))  # below so many seconds, steps of so many
LONGEST = 86_400


def width(least_s: int) -> int:
    """How many seconds the step of visit_steps.sql that begins there holds."""
    return next((step for below, step in STEPS if least_s < below), LONGEST)


def keep(engine: Works) -> None:
    """Both tables from all the facts."""
    for name in KEPT:
        engine.fill(name)


def move(engine: Engine) -> None:
    """Both as the touched runs change them, before the facts of these are replaced. Given: `touched`, new_runs, new_goals, new_visits, old_visits."""
    engine.view_of("runs", "SELECT * FROM new_runs")
    engine.view_of("goals", "SELECT * FROM new_goals")
    engine.run("DELETE FROM snap.first_goals WHERE run_key IN (SELECT run_key FROM touched)")
    engine.run(f"INSERT INTO snap.first_goals {sqlfile.select('first_goals')}")
    for side in ("new", "old"):
        engine.view_of("visits", f"SELECT * FROM {side}_visits")
        engine.step("visit_steps")
        engine.run(f"ALTER TABLE memory.main.visit_steps RENAME TO {side}_visit_steps")
    for view in ("runs", "goals", "visits"):
        engine.run(f"DROP VIEW memory.main.{view}")
    merging.merge(engine, "visit_steps", {"n": "BIGINT"})
    engine.drop("new_visit_steps", "old_visit_steps")
