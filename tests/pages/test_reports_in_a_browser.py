"""A report from the widget that asks it to the file on disk and the mail, in a real browser with the real worker."""
import csv
import io

import pytest

from core.access import emails, sessions, users
from core.metrics import Query, answer
from core.store import outbox
from tests.e2e.serving import ROOT, served
from tests.pages.browsing import idle
from tests.reports.post import Box, server
from tests.reports.test_rounds import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_widget_is_put_into_a_report_that_is_made_mailed_fetched_and_deleted(door, chromium):
    ana = users.find(door.store, "ana")
    emails.keep(door.store, ana, "ana@example.com", by="test", now=door.now())
    box = Box()
    with server(box) as at, served(ROOT / "app.py", door.settings.data_dir, JOURNEYS_SMTP_URL=f"smtp://{at}", JOURNEYS_MAIL_FROM="j@example.com") as url:
        page = chromium.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        ticket = sessions.ticket(door.store, ana, now=door.now())
        page.goto(f"{url}/auth/enter?ticket={ticket}&next=/campaign-performance%3Fjourney%3Dcart%26compare%3Dnone%26from%3D2000-01-01")
        idle(page)
        page.locator(".st-key-m-endings button").click()
        page.get_by_role("menuitem", name="Put into a report").click()
        page.get_by_text("Go on in Reports").click()
        page.get_by_text("Any questions, each a table of its own").wait_for()
        idle(page)
        page.get_by_text("CSV (.csv)").click()
        idle(page)
        page.locator(".st-key-create-send button").click()
        page.get_by_text("is being made.").wait_for()
        page.locator(".st-key-w-reports .ja-st", has_text="Done").first.wait_for(timeout=60_000)  # the list follows by itself
        with page.expect_download() as arrived:
            page.locator(".st-key-w-reports a", has_text="Download").first.click()
        whole = arrived.value.path().read_bytes()
        query = Query.of({"measures": ["exits"], "dimensions": ["exit_reason"], "where": {"journey": ["cart"]}})
        rows = list(csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")))[1:]
        assert rows == [[reason, str(exits)] for reason, exits in answer(door.snapshot("demo"), query).frame.iter_rows()]
        page.locator(".st-key-w-reports a", has_text="Delete").first.click()
        page.get_by_text("Delete it for good").wait_for()
        page.locator(".st-key-w-report", has_text="ana@example.com").wait_for()
        wait_for(lambda: [mail.state for mail in outbox.about(door.store, "demo", "report-")], ["sent"])
        idle(page)
        page.locator(".st-key-report-end button").click()
        page.get_by_text("is deleted.").wait_for()
        page.context.close()
    assert [(one.to, list(one.files)) for one in box.mails] == [(["ana@example.com"], ["Exits-by-their-ending.csv"])]
