"""The menu is whole: each entry has its file, each page its entry, and each asks for a feature that there is."""
from core.access.features import FEATURES
from core.ui import menu


def test_each_entry_has_its_file_and_each_page_file_its_entry():
    assert sorted(entry.path for entry in (*menu.MENU, menu.ENABLE)) == sorted(menu.PAGES.rglob("*.py"))


def test_each_address_is_one_of_the_interface_and_is_there_once():
    known = {"enable", "overview", "mep", "journeys", "campaign-performance", "journey-map", "ivr-insights", "sftp-import", "channels", "reports", "explore",
             "visualizations", "dashboards", "trust", "alerts", "connections", "admin", "pressure"}
    addresses = [entry.url_path for entry in (*menu.MENU, menu.ENABLE)]
    assert len(set(addresses)) == len(addresses)
    assert set(addresses) <= known


def test_each_entry_asks_for_a_feature_that_there_is():
    assert {entry.feature for entry in menu.MENU} <= set(FEATURES)
