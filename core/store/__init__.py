"""The operational database: users, accounts and what we run, in SQLite or PostgreSQL; never journey data."""
from core.store.database import Store, StoreUnavailable, open_store
from core.store.leases import Lease

__all__ = ["Lease", "Store", "StoreUnavailable", "open_store"]
