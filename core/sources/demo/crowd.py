"""The people of the demo account: ids with leading zeros, names in many scripts, two sub-accounts."""
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.sources.demo.plan import Plan, Rhythm
from core.sources.demo.sheet import Ints, draw

SUB_ACCOUNTS = ("shop", "bank")

# (share, first names, family names)
NAMES = (
    (0.62, ("Ana", "Željka", "Đurđica", "Šime", "Čedomir", "Ivana", "Luka", "Petra", "Žarko", "Mia"),
     ("Horvat", "Šarić", "Đurić", "Čačić", "Živković", "Kovač")),
    (0.12, ("Jürgen", "Käthe", "Björn", "Sören", "Heike"), ("Müller", "Großmann", "Schäfer", "Weiß")),
    (0.08, ("Ελένη", "Γιώργος", "Δήμητρα"), ("Παπαδοπούλου", "Νικολάου", "Ψαρράς")),
    (0.08, ("Јелена", "Ђорђе", "Марија", "Љиљана"), ("Петровић", "Његош", "Јовановић")),
    (0.03, ("ليلى", "يوسف"), ("حداد", "منصور")),
    (0.02, ("נועה", "דוד"), ("לוי", "כהן")),
    (0.03, ("さくら", "健太"), ("佐藤", "鈴木")),
    (0.02, ("Zoë 🌻", "Max 🚀"), ("O’Neill", "de la Cruz")),
)
# Every so many profiles one has an id that is not a number: other systems made it.
ODD_IDS = ("Ωμέγα-{}", "東京-{}", "Ђорђе {}", "лев_{}", "ana+{}@adria.example", "zoë-🌻-{}", "שלום-{}")
ODD_EVERY = 120


@dataclass(frozen=True, slots=True)
class Crowd:
    """All profiles of the account, by number: `ids`, `names`, `sub_accounts` are texts; `eager` says how readily one enters."""

    ids: pl.Series
    names: pl.Series
    sub_accounts: pl.Series
    eager: Ints

    @staticmethod
    def of(count: int, rng: np.random.Generator) -> "Crowd":
        numbers = (rng.permutation(count) * 7 + 1203).tolist()
        ids = [ODD_IDS[n // ODD_EVERY % len(ODD_IDS)].format(n) if n % ODD_EVERY == ODD_EVERY - 1 else f"{number:08d}" for n, number in enumerate(numbers)]
        group = draw(rng, [share for share, _, _ in NAMES], count).tolist()
        one, other = rng.random((2, count))
        names = [f"{_of(NAMES[g][1], a)} {_of(NAMES[g][2], b)}" for g, a, b in zip(group, one.tolist(), other.tolist(), strict=True)]
        sub_accounts = pl.Series(SUB_ACCOUNTS).gather(draw(rng, (0.62, 0.38), count))
        eager = np.cumsum(rng.lognormal(0.0, 0.8, count) * 1000).astype(np.int64) + np.arange(1, count + 1)
        return Crowd(pl.Series(ids), pl.Series(names), sub_accounts, eager)

    def enter(self, plan: Plan, starts: Ints, rng: np.random.Generator) -> Ints:
        """Which profile each run is of, `starts` being ascending."""
        count = len(self.ids)
        if plan.once:
            return np.resize(rng.permutation(count), len(starts)).astype(np.int64)
        if plan.rhythm.how == "weekly":
            return self._members(plan.rhythm, starts, rng)
        return np.searchsorted(self.eager, rng.integers(0, self.eager[-1], len(starts)), side="right").astype(np.int64)

    def _members(self, rhythm: Rhythm, starts: Ints, rng: np.random.Generator) -> Ints:
        """A list goes to the same people every week, less the tenth that changes."""
        week = starts // (24 * 3600 * 1_000_000)
        _, sizes = np.unique(week, return_counts=True)
        listed = rng.permutation(len(self.ids))[:max(round(max(sizes, default=1) / 0.9), 1)]
        return np.concatenate([np.empty(0, np.int64), *(np.resize(rng.permutation(listed), size) for size in sizes)]).astype(np.int64)


def _of(names: tuple[str, ...], share: float) -> str:
    return names[int(share * len(names))]
