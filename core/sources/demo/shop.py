"""The journeys of the demo account's shop: welcome, cart, campaign peak, newsletter, win-back, birthday, loyalty."""
from core.sources.demo.plan import Goal, Plan, Rhythm, Step, Version, Way, entry, exit_point, send, wait, way

FIRST_PURCHASE = Goal("FirstPurchase", 14, odds=0.16, after_h=60, value=46)

WELCOME = Plan(
    "welcome", "Welcome series", Rhythm(0.55), tags=("onboarding",), sub_account_id="shop",
    versions=(
        Version(1, -0.05, goal=FIRST_PURCHASE, steps=(
            entry("Signed up", "hello"),
            send("hello", "EMAIL", "Hello e-mail", "w2", pull=1.3),
            wait("w2", "Wait 2 days", 48, "tips"),
            send("tips", "EMAIL", "Five tips", "out"),
            exit_point("out"))),
        Version(2, 0.35, goal=FIRST_PURCHASE, steps=(
            entry("Signed up", "hello"),
            send("hello", "EMAIL", "Hello e-mail", "w2", pull=1.3),
            wait("w2", "Wait 2 days", 48, "seen"),
            Step("seen", "split", "E-mail viewed?", (Way("tips", label="viewed"), Way("nudge", label="not viewed")), asks_if_viewed=True),
            send("tips", "EMAIL", "Five tips", "out", lift=1.2),
            send("nudge", "SMS", "SMS nudge", "out", lift=1.3),
            exit_point("out"))),
        Version(3, 0.7, goal=FIRST_PURCHASE, steps=(
            entry("Signed up", "lang"),
            Step("lang", "split", "Language", (Way("hello-hr", 0.55, "hrvatski"), Way("hello-de", 0.2, "Deutsch"),
                                               Way("hello-el", 0.15, "Ελληνικά"), Way("hello-sr", 0.1, "српски"))),
            send("hello-hr", "EMAIL", "Dobro došli, žao nam je što ste čekali", "w1", pull=1.4),
            send("hello-de", "EMAIL", "Schön, dass Sie da sind – Grüße", "w1", pull=1.2),
            send("hello-el", "EMAIL", "Καλώς ήρθατε", "w1", pull=1.3),
            send("hello-sr", "EMAIL", "Добро дошли", "w1", pull=1.3),
            wait("w1", "Wait 1 day", 24, "seen"),
            Step("seen", "split", "E-mail viewed?", (Way("coupon", label="viewed"), Way("nudge", label="not viewed")), asks_if_viewed=True),
            send("coupon", "PUSH", "Coupon 10 % 🎁", "out", lift=1.4),
            send("nudge", "VIBER", "Viber nudge", "out", lift=1.4),
            exit_point("out")))))

CART_GOAL = Goal("ItemPurchased", 3, odds=0.065, after_h=9, value=62)

CART = Plan(
    "cart", "Abandoned cart", Rhythm(0.95, feels_peak=True), tags=("retention", "a/b"), sub_account_id="shop", extra=("cart_items",),
    versions=(
        Version(1, -0.05, goal=CART_GOAL, steps=(
            entry("Cart left", "w1"),
            wait("w1", "Wait 1 hour", 1, "mail"),
            send("mail", "EMAIL", "You left something", "out", lift=1.35),
            exit_point("out"))),
        Version(2, 0.3, goal=CART_GOAL, arms=(("control", "hold", True), ("A", "mail", False), ("B", "viber", False)), steps=(
            entry("Cart left", "w1"),
            wait("w1", "Wait 1 hour", 1, "groups"),
            Step("groups", "control_group", "Control group and arms",
                 (Way("hold", 0.2, "control 20 %"), Way("mail", 0.4, "A 40 %"), Way("viber", 0.4, "B 40 %"))),
            wait("hold", "Control: no message", 24, "out"),
            send("mail", "EMAIL", "You left something", "w24", lift=1.35),
            send("viber", "VIBER", "Košarica čeka 🛒", "w24", lift=1.75),
            wait("w24", "Wait a day", 24, "out"),
            exit_point("out")))))

PEAK = Plan(
    "big-friday", "Big Friday sale 🛍️", Rhythm(0.62, "peak"), status="finished", tags=("campaign", "sale"), sub_account_id="shop",
    created_by="marko.babic@adria.example", once=True,
    versions=(
        Version(1, -0.05, goal=Goal("ItemPurchased", 4, odds=0.08, after_h=14, value=71), steps=(
            entry("Sale audience", "channel"),
            Step("channel", "split", "Preferred channel", (Way("push", 0.35, "app"), Way("rcs", 0.25, "RCS"), Way("mail", 0.4, "e-mail"))),
            send("push", "PUSH", "Doors open", "w1", pull=1.6),
            send("rcs", "RCS", "Catalogue carousel", "w1", pull=1.2, lift=1.5),
            send("mail", "EMAIL", "Half price until Monday", "w1", pull=1.2),
            wait("w1", "Wait 2 days", 48, "seen"),
            Step("seen", "split", "Message viewed?", (Way("out", label="viewed"), Way("last", label="not viewed")), asks_if_viewed=True),
            send("last", "SMS", "Last hours", "out", lift=1.2),
            exit_point("out", "Sale over"))),))

NEWSLETTER = Plan(
    "newsletter", "Weekly newsletter", Rhythm(2.6, "weekly", weekday=4), tags=("newsletter",), has_entry_ids=False, names_sub_account=True,
    versions=(
        Version(1, -0.05, steps=(
            entry("Subscribers", "mail"),
            send("mail", "EMAIL", "Thursday letter", "out", leaves=0.004, leaves_as="opted_out", leaves_after_h=6),
            exit_point("out", "Letter sent"))),))

WINBACK = Plan(
    "winback", "Win back: vratite se", Rhythm(0.4, ends=0.8), status="paused", tags=("retention",), sub_account_id="shop", names_version=False,
    created_by="marko.babic@adria.example",
    versions=(
        Version(1, -0.05, goal=Goal("ItemPurchased", 10, odds=0.05, after_h=50, value=39, ends_run=True), steps=(
            entry("No purchase for 90 days", "viber"),
            send("viber", "VIBER", "Nedostajete nam 💜", "w3"),
            Step("w3", "wait_event", "Wait for a visit", (Way("out", 0.3, "visited"), Way("sms", 0.7, "3 days passed")), stays_h=20, timeout_h=72),
            send("sms", "SMS", "15 % for you", "w7", lift=1.4),
            wait("w7", "Wait a week", 168, "out", leaves=0.02, leaves_as="opted_out", leaves_after_h=30),
            exit_point("out"))),))

BIRTHDAY = Plan(
    "birthday", "Sretan rođendan · お誕生日おめでとう", Rhythm(0.3), tags=("loyalty",), names_sub_account=True, late=0.12,
    versions=(
        Version(1, -0.05, goal=Goal("GiftRedeemed", 7, odds=0.22, after_h=40, value=12), steps=(
            entry("Birthday", "lang"),
            Step("lang", "split", "Language", (
                Way("wa-hr", 0.7, "hrvatski"), Way("wa-ar", 0.1, "العربية"), Way("wa-he", 0.1, "עברית"), Way("wa-ja", 0.1, "日本語"))),
            send("wa-hr", "WHATSAPP", "Sretan rođendan 🎂", "out", pull=1.1),
            send("wa-ar", "WHATSAPP", "عيد ميلاد سعيد", "out"),
            send("wa-he", "WHATSAPP", "יום הולדת שמח", "out"),
            send("wa-ja", "WHATSAPP", "お誕生日おめでとう", "out"),
            exit_point("out", "Greeted"))),))

LOYALTY = Plan(
    "loyalty", "Loyalty points import", Rhythm(0.8, "weekly", weekday=2), tags=("loyalty", "import"), sub_account_id="shop", source="sftp:crm-nightly",
    extra=("points",),
    versions=(
        Version(1, -0.05, goal=Goal("PointsSpent", None, odds=0.11, after_h=90, value=18), steps=(
            entry("Row of the CRM file", "points"),
            Step("points", "update_profile", "Write points", way("sms")),
            send("sms", "SMS", "Your points", "out"),
            exit_point("out"))),))

NEXT_SUMMER = Plan(
    "next-summer", "Next summer (draft)", Rhythm(0.0), status="draft", tags=("campaign",), sub_account_id="shop",
    versions=(Version(1, -0.05, steps=(entry("Summer audience", "mail"), send("mail", "EMAIL", "Sun is coming ☀️", "out"), exit_point("out"))),))

# Without a document in the catalog: it exists by its events alone, and its name is its id.
SURVEY = Plan(
    "legacy-survey", "legacy-survey", Rhythm(0.22, ends=0.6), is_catalogued=False, has_entry_ids=False, names_version=False, once=True,
    versions=(
        Version(1, -0.05, steps=(
            Step("q1", "send", "Question", way("q2"), channel="SMS", pull=6),
            Step("q2", "wait_time", "Wait for the answer", way("out"), stays_h=30),
            exit_point("out"))),))

SHOP = (WELCOME, CART, PEAK, NEWSLETTER, WINBACK, BIRTHDAY, LOYALTY, NEXT_SUMMER, SURVEY)
