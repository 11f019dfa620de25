"""The journeys of the demo account's bank: account opening, service line (IVR), payment reminder calls, risk score."""
from core.sources.demo.plan import Goal, Plan, Rhythm, Step, Version, Way, entry, exit_point, send, wait, way

OPENED = Goal("AccountOpened", 21, odds=0.0, after_h=0, names_run=True, at_element="welcome")


# The story: six in ten of those who arrive at “Upload your ID” never get past it; version 2 asks for a photo only and loses fewer.
def _opening(number: int, since: float, loses: float, upload: str) -> Version:
    return Version(number, since, goal=OPENED, steps=(
        entry("Application started", "invite"),
        send("invite", "EMAIL", "Finish your application", "upload", pull=1.5),
        Step("upload", "wait_event", upload, (Way("check", 0.8, "uploaded"), Way("remind", 0.2, "2 days passed")),
             stays_h=9, timeout_h=48, leaves=loses, leaves_as="timed_out", leaves_after_h=72),
        send("remind", "SMS", "One step left", "check"),
        Step("check", "call_api", "Identity check", (Way("video", 0.85, "passed"), Way("refused", 0.15, "refused"))),
        Step("video", "wait_event", "Video call with an agent", (Way("welcome", 0.9, "done"), Way("refused", 0.1, "5 days passed")),
             stays_h=30, timeout_h=120),
        send("welcome", "EMAIL", "Your account is open 🎉", "out", pull=1.6),
        exit_point("out", "Account opened"),
        exit_point("refused", "Not opened")))


OPENING = Plan("account-opening", "Account opening", Rhythm(0.5), tags=("onboarding", "bank"), sub_account_id="bank", created_by="iva.kos@adria.example",
               versions=(_opening(1, -0.05, 0.61, "Upload your ID, both sides"), _opening(2, 0.6, 0.47, "Upload your ID: one photo")))

# The story: every second caller who gets to the nine choices of the billing menu hangs up there; version 2 offers four and loses far fewer.
def _line(number: int, since: float, billing: Step) -> Version:
    return Version(number, since, steps=(
        entry("Calls the service line", "main"),
        Step("main", "ivr_menu", "Main menu", (Way("balance", 0.34, "1 Balance", "1"), Way("billing", 0.42, "2 Bills and fees", "2"),
                                               Way("agent", 0.24, "0 Agent", "0")), leaves=0.05, leaves_as="hangup"),
        billing,
        Step("balance", "ivr_collect", "Card number", way("pin"), collects="card_number", leaves=0.05, leaves_as="hangup", invalid=0.09),
        Step("pin", "ivr_collect", "Telephone PIN", way("told"), collects="pin", leaves=0.03, leaves_as="hangup", invalid=0.06),
        Step("invoice", "ivr_collect", "Invoice number", way("told"), collects="invoice_number", leaves=0.08, leaves_as="hangup",
             invalid=0.14, silent=0.08),
        Step("plan", "ivr_menu", "Instalments", (Way("told", 0.7, "1 Accept", "1"), Way("agent", 0.3, "0 Agent", "0")), leaves=0.06, leaves_as="hangup"),
        Step("told", "other", "Answer read out", way("rate"), ends_call_as="completed"),
        Step("agent", "other", "Handed to an agent", way("rate"), ends_call_as="transferred"),
        send("rate", "SMS", "How was it? Reply 1 to 5", "out", pull=4),
        exit_point("out", "Call over")))


NINE_CHOICES = Step(
    "billing", "ivr_menu", "Bills and fees (nine choices)",
    (Way("invoice", 0.3, "1 Last bill", "1"), Way("plan", 0.2, "2 Instalments", "2"), Way("agent", 0.25, "9 Something else", "9"),
     Way("agent", 0.25, "0 Agent", "0")), leaves=0.47, leaves_as="hangup", invalid=0.16, silent=0.2)
FOUR_CHOICES = Step(
    "billing", "ivr_menu", "Bills and fees",
    (Way("invoice", 0.42, "1 Last bill", "1"), Way("plan", 0.33, "2 Instalments", "2"), Way("agent", 0.1, "3 Something else", "3"),
     Way("agent", 0.15, "0 Agent", "0")), leaves=0.14, leaves_as="hangup", invalid=0.06, silent=0.07)

SERVICE_LINE = Plan(
    "service-line", "Service line", Rhythm(0.6, "office"), tags=("ivr", "bank"), sub_account_id="bank", created_by="iva.kos@adria.example",
    direction="inbound", anonymous_calls=0.05, versions=(_line(1, -0.05, NINE_CHOICES), _line(2, 0.7, FOUR_CHOICES)))

REMINDER = Plan(
    "payment-reminder", "Payment reminder · подсетник", Rhythm(0.42, "office", starts=0.1), tags=("ivr", "collections"), sub_account_id="bank",
    created_by="iva.kos@adria.example", direction="outbound",
    versions=(
        Version(1, -0.05, goal=Goal("BillPaid", 10, odds=0.3, after_h=48, value=84, names_run=True, ends_run=True), steps=(
            entry("Bill is 5 days overdue", "call"),
            Step("call", "ivr_menu", "Reminder call", (Way("promise", 0.5, "1 I will pay", "1"), Way("paid", 0.2, "2 Already paid", "2"),
                                                       Way("agent", 0.1, "0 Agent", "0"), Way("wa", 0.2, "not reached")),
                 leaves=0.08, leaves_as="hangup", invalid=0.06, silent=0.12),
            Step("promise", "ivr_collect", "Day of payment", way("thanks"), collects="payment_day", lift=1.5, leaves=0.04, leaves_as="hangup"),
            Step("paid", "other", "Marked as paid", way("out"), ends_call_as="completed", lift=2.5),
            Step("thanks", "other", "Promise noted", way("w10"), ends_call_as="completed"),
            Step("agent", "other", "Handed to an agent", way("w10"), ends_call_as="transferred"),
            send("wa", "WHATSAPP", "Bill with a pay link", "w10", lift=1.2, url="https://adria.example/pay"),
            wait("w10", "Wait for the payment", 240, "out"),
            exit_point("out"))),))

# No message at all: it still engages people, and each of them is one MEP.
SCORE = Plan(
    "risk-score", "Risk score, Überprüfung", Rhythm(0.5, "weekly", weekday=1), tags=("bank", "internal"), sub_account_id="bank", created_by="system",
    names_version=False,
    versions=(
        Version(1, -0.05, steps=(
            entry("Weekly batch", "score"),
            Step("score", "call_api", "Score model", way("band")),
            Step("band", "split", "Band", (Way("low", 0.7, "low"), Way("high", 0.3, "high"))),
            Step("low", "update_profile", "Mark as low", way("out")),
            Step("high", "update_profile", "Mark as high", way("out")),
            exit_point("out", "Scored"))),))

BANK = (OPENING, SERVICE_LINE, REMINDER, SCORE)
