"""Which schema the store has, and the migrations that bring it to this version's."""
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from core.store.database import Store, StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
STEPS = sorted(file.stem.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))  # "001", "002", …


def version(connection: Connection) -> str | None:
    """The newest step the store has taken; None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def bring_up_to_date(store: Store) -> None:
    """Take the steps that are missing, all in one transaction; processes that open the store together wait for one of them."""
    with store.read() as connection:
        if version(connection) == STEPS[-1]:
            return
    with store.write() as connection:
        found = version(connection)
        if found is not None and found not in STEPS:
            raise StoreUnavailable(f"The store was written by a newer version (schema {found}, this one knows {STEPS[-1]}): install that version.")
        if found != STEPS[-1]:
            _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
