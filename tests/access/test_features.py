"""Who may what, as the design's table has it."""
import pytest

from core.access.features import FEATURES, PACKAGES, ROLES, refusal
from core.errors import JourneysError


def may(feature, package="scale", role="admin", advanced=True):
    return refusal(feature, package=package, role=role, advanced_analytics=advanced) is None


@pytest.mark.parametrize(("feature", "packages"), [
    ("performance", {"start", "grow", "scale"}), ("mep", {"start", "grow", "scale"}), ("export", {"grow", "scale"}),
    ("explore", {"scale"}), ("visualizations", {"scale"}), ("dashboards", {"scale"})])
def test_a_package_has_the_features_of_the_table(feature, packages):
    assert {package for package in PACKAGES if may(feature, package=package)} == packages


@pytest.mark.parametrize(("feature", "roles"), [
    ("performance", set(ROLES)), ("export", set(ROLES)), ("mep", {"analyze_manager", "communication_manager", "admin"}),
    ("people", {"analyze_manager", "communication_manager", "admin"}), ("administer", {"admin"})])
def test_a_role_has_the_features_of_the_table(feature, roles):
    assert {role for role in ROLES if may(feature, role=role)} == roles


def test_advanced_analytics_needs_the_operators_switch_besides_the_package():
    assert {feature for feature in FEATURES if not may(feature, advanced=False)} == {"explore", "visualizations", "dashboards"}


def test_data_is_refreshed_as_often_as_the_package_says():
    assert {name: package.refresh.total_seconds() / 3600 for name, package in PACKAGES.items()} == {"start": 24, "grow": 6, "scale": 2}


@pytest.mark.parametrize(("feature", "package", "role", "said"), [
    ("export", "start", "admin", "Export belongs to the packages Grow and Scale. This account has Start."),
    ("explore", "grow", "admin", "Explore belongs to the package Scale. This account has Grow."),
    ("visualizations", "start", "admin", "Visualizations belong to the package Scale. This account has Start."),
    ("dashboards", "grow", "viewer", "Custom dashboards belong to the package Scale. This account has Grow."),
    ("people", "scale", "viewer", "Unmasked profile ids and collected values are open to the roles Analyze manager, Communication manager and Administrator. "
                                  "Your role is Viewer."),
    ("mep", "scale", "viewer", "MEP consumption is open to the roles Analyze manager, Communication manager and Administrator. Your role is Viewer.")])
def test_a_refusal_names_the_package_or_role_that_would_allow_it(feature, package, role, said):
    assert refusal(feature, package=package, role=role, advanced_analytics=True) == said


def test_a_feature_that_is_none_is_refused_and_not_allowed():
    with pytest.raises(JourneysError, match="Did you mean “export”"):
        may("exports")
