"""How much a number moved against another: the one place that works it out."""

from decimal import Decimal

Amount = int | float | Decimal | None


def change(now: Amount, before: Amount) -> float | None:
    """Per cent from `before` to `now`; None where there is nothing to compare with (no number, or zero)."""
    if now is None or not before:
        return None
    return float(100 * (Decimal(str(now)) - Decimal(str(before))) / abs(Decimal(str(before))))


def points(now: float | None, before: float | None) -> float | None:
    """The same between two rates, in percentage points."""
    return None if now is None or before is None else 100 * (now - before)
