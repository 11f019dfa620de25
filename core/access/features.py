"""Packages, roles and features as data: who may see and do what, and the sentence that says why not."""
from dataclasses import dataclass
from datetime import timedelta

from core.errors import JourneysError, unknown


class Refused(JourneysError):
    """The package or the role does not allow it; the text names the one that would."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    label: str
    refresh: timedelta  # how old the numbers may get


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    label: str


PACKAGES = {package.name: package for package in (
    Package("start", "Start", timedelta(hours=24)),
    Package("grow", "Grow", timedelta(hours=6)),
    Package("scale", "Scale", timedelta(hours=2)),
)}
ROLES = {role.name: role for role in (
    Role("viewer", "Viewer"),
    Role("analyze_manager", "Analyze manager"),
    Role("communication_manager", "Communication manager"),
    Role("admin", "Administrator"),
)}

EVERY_PACKAGE = tuple(PACKAGES)
EVERY_ROLE = tuple(ROLES)


@dataclass(frozen=True, slots=True)
class Feature:
    """What a package and a role may open (design §7)."""

    name: str
    label: str
    packages: tuple[str, ...] = EVERY_PACKAGE
    roles: tuple[str, ...] = EVERY_ROLE
    is_early_access: bool = False  # also needs the operator's switch on the account
    is_plural: bool = False  # its label: Visualizations belong to a package, Explore belongs to one


FEATURES = {feature.name: feature for feature in (
    Feature("performance", "Journey performance"),
    Feature("mep", "MEP consumption", roles=("analyze_manager", "communication_manager", "admin")),
    Feature("export", "Export", packages=("grow", "scale")),
    Feature("explore", "Explore", packages=("scale",), is_early_access=True),
    Feature("visualizations", "Visualizations", packages=("scale",), is_early_access=True, is_plural=True),
    Feature("dashboards", "Custom dashboards", packages=("scale",), is_early_access=True, is_plural=True),
    Feature("people", "Unmasked profile ids and collected values", roles=("analyze_manager", "communication_manager", "admin"), is_plural=True),
    Feature("connections", "Changing SFTP connections", roles=("communication_manager", "admin")),
    Feature("administer", "Administration", roles=("admin",)),
)}


def refusal(feature: str, *, package: str, role: str, advanced_analytics: bool) -> str | None:
    """Why this package and role may not, naming those that may; None: they may. Raises JourneysError for a feature that is none."""
    if feature not in FEATURES:
        raise JourneysError(unknown("feature", feature, FEATURES))
    wanted = FEATURES[feature]
    are, belong = ("are", "belong") if wanted.is_plural else ("is", "belongs")
    if role not in wanted.roles:
        return f"{wanted.label} {are} open to {_listed('role', [ROLES[name].label for name in wanted.roles])}. Your role is {ROLES[role].label}."
    if package not in wanted.packages:
        those = _listed("package", [PACKAGES[name].label for name in wanted.packages])
        return f"{wanted.label} {belong} to {those}. This account has {PACKAGES[package].label}."
    if wanted.is_early_access and not advanced_analytics:
        return f"{wanted.label} {are} early access: your operator switches advanced analytics on for an account of the package {PACKAGES[package].label}."
    return None


def _listed(word: str, labels: list[str]) -> str:
    if len(labels) == 1:
        return f"the {word} {labels[0]}"
    return f"the {word}s {', '.join(labels[:-1])} and {labels[-1]}"
