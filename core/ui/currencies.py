"""Which currency goes first where there are several: the account's own, then by letter. They are never added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.metrics import currencies as of_snapshot

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def own_first(found: Iterable[str], own: str) -> list[str]:
    """These currencies, the account's own first where it is one of them."""
    return sorted(found, key=lambda currency: (currency != own, currency))


def every(viewer: Viewer) -> list[str]:
    """All currencies of the snapshot's costs and goal values, the account's own first; none where nothing has a price."""
    return own_first(of_snapshot(viewer.snapshot), viewer.account.currency) if viewer.snapshot else []
