"""The demo account: a shop and a bank with a hundred and twenty days of journeys, deterministic for a seed."""
from core.sources.demo.making import DAYS, PROFILES, SEED, documents, make
from core.sources.demo.rhythm import ZONE

__all__ = ["DAYS", "PROFILES", "SEED", "ZONE", "documents", "make"]
