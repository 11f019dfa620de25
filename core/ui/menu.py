"""The menu as data: one record a page, in the order of the sidebar, and which feature of a package or role it needs."""
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: where it stands, what it is called, its address, its file under pages/, the feature (core.access.features) that opens it."""

    section: str
    title: str
    icon: str  # a Material name
    url_path: str
    file: str
    feature: str = "performance"

    @property
    def path(self) -> Path:
        return PAGES / self.file


MENU = (
    Entry("Analytics", "Overview", "space_dashboard", "overview", "analytics/overview.py"),
    Entry("Analytics", "Journeys", "route", "journeys", "analytics/journeys.py"),
    Entry("Analytics", "MEP consumption", "group", "mep", "analytics/mep.py", "mep"),
    Entry("Analytics", "Pressure and overlap", "compress", "pressure", "analytics/pressure.py"),
    Entry("Journey", "Campaign performance", "monitoring", "campaign-performance", "journey/campaign_performance.py"),
    Entry("Journey", "Journey map", "account_tree", "journey-map", "journey/journey_map.py"),
    Entry("Journey", "Channels", "forum", "channels", "journey/channels.py"),
    Entry("Journey", "IVR insights", "call", "ivr-insights", "journey/ivr_insights.py"),
    Entry("Journey", "SFTP import", "drive_folder_upload", "sftp-import", "journey/sftp_import.py"),
    Entry("Explore", "Explore", "query_stats", "explore", "explore/explore.py", "explore"),
    Entry("Explore", "Visualizations", "bar_chart", "visualizations", "explore/visualizations.py", "visualizations"),
    Entry("Explore", "Dashboards", "dashboard", "dashboards", "explore/dashboards.py", "dashboards"),
    Entry("Reports", "Reports", "description", "reports", "reports/reports.py"),
    Entry("Reports", "Alerts", "notifications", "alerts", "reports/alerts.py"),
    Entry("Account", "Trust", "verified", "trust", "admin/trust.py"),
    Entry("Account", "Connections", "lan", "connections", "admin/connections.py"),
    Entry("Account", "Administration", "admin_panel_settings", "admin", "admin/administration.py", "administer"),
)
ENABLE = Entry("", "Enable", "handshake", "enable", "analytics/enable.py")  # not in the sidebar: the way in before the terms are accepted

ADDRESSES = tuple(entry.url_path for entry in (*MENU, ENABLE))


def entry_of(address: str) -> Entry | None:
    """The page with this address; None: it is no page of ours."""
    return next((entry for entry in (*MENU, ENABLE) if entry.url_path == address), None)
