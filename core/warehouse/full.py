"""A full build: every table from the whole log."""
from core.warehouse import durations, mep_months, moves, reach
from core.warehouse.engine import BASE_STEPS, FACTS, FIND_STEPS, RUN_STEPS, SEEN_FIRST, Engine, Works

PROFILES = "SELECT min(position) AS profile_key, profile_id FROM event WHERE profile_id IS NOT NULL GROUP BY profile_id"


def build(engine: Engine) -> None:
    """Fill every table of an empty snapshot from `log_event`; `journeys`, `versions`, `arms`, `elements`, `document_names` hold the catalog already."""
    compute(engine)
    reach.keep(engine)


def compute(engine: Works) -> None:
    """The same, but for `reach`, whose cells are left to be kept."""
    engine.view_of("event", "SELECT * FROM log_event")
    engine.publish("profiles", PROFILES)
    for step in RUN_STEPS:
        engine.step(step)
    engine.view_of("known_run", "SELECT * FROM run_start")
    for step in FIND_STEPS:
        engine.step(step)
    engine.view("event_run")
    for step in BASE_STEPS:
        engine.step(step)
    for fact in FACTS:
        if fact in SEEN_FIRST:
            engine.view(SEEN_FIRST[fact])
        engine.fill(fact)
    engine.step("mep_entry")
    engine.fill("mep")
    engine.drop("mep_entry", *BASE_STEPS, *FIND_STEPS, *RUN_STEPS)
    engine.publish("named_journeys", "SELECT DISTINCT journey_id FROM event WHERE journey_id IS NOT NULL")
    engine.fill("sources")
    engine.fill("daily")
    durations.keep(engine)
    moves.keep(engine)
    mep_months.keep(engine)
    reach.cells(engine)
