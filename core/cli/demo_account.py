"""The demo account as both `journeys demo` and `journeys serve --demo` make it."""
from core.access import accounts, terms
from core.access.audit import OPERATOR
from core.cli.door import Door
from core.sources import demo
from core.sources.ingest import Summary

INCLUDED_MEP = 2500


def make(door: Door, account_id: str, *, profiles: int = demo.PROFILES, days: int = demo.DAYS, seed: int = demo.SEED) -> Summary:
    """Add the account, of the package Scale, where it is not there; accept its terms, as nobody's people are in it; fill its log.

    Raises JourneysError where the log holds anything else.
    """
    now = door.now()
    if account_id not in {account.account_id for account in accounts.every(door.store)}:
        made = accounts.Account(account_id, ((None, demo.ZONE),), "EUR", "scale", INCLUDED_MEP, advanced_analytics=True, terms_accepted_at=None,
                                attributes=("tier",))
        accounts.add(door.store, made, by=OPERATOR, now=now)
    terms.accept(door.store, account_id, by=OPERATOR, now=now)
    return demo.make(door.log(account_id), account_id=account_id, profiles=profiles, days=days, seed=seed, now=now)
