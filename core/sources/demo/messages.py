"""What becomes of a message: sent, delivered or failed, seen by people and machines, clicked, replied, unsubscribed."""
from dataclasses import dataclass

import numpy as np

from core.sources.demo.plan import Step
from core.sources.demo.runs import NEVER, Runs
from core.sources.demo.sheet import HOUR, MINUTE, SECOND, Cell, Flags, Ints, Sheet, after, pick


@dataclass(frozen=True, slots=True)
class Channel:
    """How a channel behaves: shares of the delivered but for `delivered`, which is of the sent."""

    sender: str
    delivered: float
    viewed: float
    clicked: float
    replied: float
    viewed_after: int  # µs, the median
    reasons: tuple[tuple[str, float], ...]
    cost: float | None = None
    currency: str = "EUR"
    view_event: str = "message.seen"
    unsubscribed: float = 0.0
    complained: float = 0.0
    machine: float = 0.0  # opened by a mail proxy or a scanner
    has_bare_receipts: bool = False


PHONE = (("absent subscriber", 0.5), ("unknown number", 0.3), ("blocked by operator", 0.2))
CHANNELS = {
    "SMS": Channel("ADRIA", 0.955, 0.0, 0.065, 0.012, 8 * MINUTE, PHONE, 0.0415, has_bare_receipts=True),
    "EMAIL": Channel("hello@adria.example", 0.976, 0.31, 0.055, 0.001, 3 * HOUR,
                     (("mailbox unavailable", 0.55), ("mailbox full", 0.25), ("refused as spam", 0.2)), 0.0009,
                     view_event="message.opened", unsubscribed=0.0035, complained=0.0005, machine=0.34),
    "VIBER": Channel("Adria", 0.885, 0.71, 0.115, 0.02, 11 * MINUTE, (("no Viber user", 0.8), ("expired", 0.2)), 0.0298, has_bare_receipts=True),
    "WHATSAPP": Channel("+38516000100", 0.93, 0.78, 0.14, 0.055, 9 * MINUTE, (("no WhatsApp user", 0.7), ("not opted in", 0.3)), 0.0564, "USD"),
    "RCS": Channel("Adria Shop", 0.862, 0.58, 0.09, 0.01, 15 * MINUTE, (("device without RCS", 0.9), ("expired", 0.1)), 0.035),
    "PUSH": Channel("adria-app", 0.91, 0.085, 0.03, 0.0, 25 * MINUTE, (("app removed", 0.85), ("token expired", 0.15)), view_event="message.opened"),
}
VIEW_LIFT = 1.5  # who reads is likelier to reach the goal


def play_send(runs: Runs, sheet: Sheet, rng: np.random.Generator, step: Step, run: Ints, at: Ints) -> Ints:
    """Sends one message to each run; gives when each goes on (µs): at once, as a platform does."""
    channel = CHANNELS[step.channel or ""]
    message = sheet.new_messages(len(run))
    named: dict[str, Cell] = {"element_id": step.element_id, "channel": step.channel or "", "sender": channel.sender}
    sent_at = at + rng.integers(0, 15_000, len(run)) * 1000
    cost: dict[str, Cell] = {} if channel.cost is None else {"cost": channel.cost, "cost_currency": channel.currency}
    sheet.write("message.sent", run, sent_at, message=message, **named, **cost)
    delivered = rng.random(len(run)) < channel.delivered
    receipt_at = after(rng, sent_at, 6 * SECOND, 1.1)
    bare: dict[str, Cell] = {"is_bare": True} if channel.has_bare_receipts else {}
    lost = ~delivered
    sheet.write("message.delivered", run[delivered], receipt_at[delivered], message=message[delivered], **named, **bare)
    sheet.write("message.failed", run[lost], receipt_at[lost], message=message[lost], **named, **bare,
                reason=pick(rng, [name for name, _ in channel.reasons], [share for _, share in channel.reasons], int(lost.sum())))
    runs.viewed_at[run] = NEVER
    _read(runs, sheet, rng, step, channel, named, run[delivered], message[delivered], receipt_at[delivered])
    return sent_at + SECOND


def _read(runs: Runs, sheet: Sheet, rng: np.random.Generator, step: Step, channel: Channel, named: dict[str, Cell],
          run: Ints, message: Ints, delivered_at: Ints) -> None:
    """What people and machines do with delivered messages. A click may come without a seen event: it implies the view."""
    seen, clicks, replies, leaves, complains, machine = rng.random((6, len(run)))
    viewed = seen < min(channel.viewed * step.pull, 0.93)
    clicked = (clicks < channel.clicked * step.pull / max(channel.viewed, 0.25)) & (viewed if channel.viewed else clicks < channel.clicked * step.pull)
    replied = (replies < channel.replied * step.pull) & (viewed if channel.viewed else ~clicked)
    viewed_at = after(rng, delivered_at, channel.viewed_after, 1.3)
    acted_at = after(rng, viewed_at, 50 * SECOND)

    def write(event_type: str, who: Flags, at: Ints, **says: str | bool) -> None:
        sheet.write(event_type, run[who], at[who], message=message[who], **named, **says)

    write(channel.view_event, viewed, viewed_at)
    write("message.clicked", clicked, acted_at, url=step.url)
    again = clicked & (replies < 0.18)
    sheet.write("message.clicked", run[again], after(rng, acted_at[again], 3 * MINUTE), message=message[again], **named,
                url=pick(rng, (step.url, "https://adria.example/", "https://adria.example/app"), (3, 2, 1), int(again.sum())))
    write("message.replied", replied, acted_at)
    write("message.unsubscribed", leaves < channel.unsubscribed, acted_at)
    write("message.complained", complains < channel.complained, acted_at)
    write("message.opened", machine < channel.machine, delivered_at + SECOND, is_machine=True)
    write("message.clicked", machine < channel.machine * 0.03, delivered_at + 2 * SECOND, is_machine=True, url=step.url)
    touched = viewed | clicked | replied
    runs.viewed_at[run[touched]] = np.where(viewed, viewed_at, acted_at)[touched]
    runs.odds[run[touched]] *= VIEW_LIFT
