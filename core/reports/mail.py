"""Send one mail over the operator's SMTP server: bounded in time, and clear about whether the server has taken it."""
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import formatdate, make_msgid, parseaddr
from mimetypes import guess_type
from pathlib import Path
from smtplib import SMTP, SMTP_SSL, SMTPAuthenticationError, SMTPException, SMTPResponseException
from threading import Event, Timer
from typing import Any, NoReturn, Protocol
from urllib.parse import unquote, urlsplit

from core.errors import JourneysError

STEP_S = 30.0  # a step of the server without an answer
WHOLE_S = 180.0  # a mail from the first byte to the last, however steadily they drip
LOOPBACK = ("localhost", "127.0.0.1", "::1")
File = tuple[Path, str]  # where it lies, and the name that the recipient sees


class MailLimits(Protocol):
    """What of the settings is needed here."""

    @property
    def smtp_url(self) -> str | None: ...
    @property
    def mail_from(self) -> str | None: ...


class MailFailed(JourneysError):
    """The mail did not leave. `is_final`: the server will never take it as it is, so that a try later is of no use."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


class Unclear(JourneysError):
    """The whole mail was handed over, and the connection ended before the server said whether it took it."""


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int
    is_tls: bool
    user: str | None
    password: str | None


def is_set_up(settings: MailLimits) -> bool:
    """Whether mail can be sent at all: JOURNEYS_SMTP_URL and JOURNEYS_MAIL_FROM are both there."""
    return settings.smtp_url is not None and settings.mail_from is not None


def send(settings: MailLimits, to: str, subject: str, text: str, html: str | None = None, files: Sequence[File] = (), *,
         message_id: str | None = None, handing_over: Callable[[], None] = lambda: None, whole_s: float = WHOLE_S) -> None:
    """Hand one mail to the server, and return when it has taken it. `handing_over` is called when the server has everything but the last line.

    Raises MailFailed where it has not taken it, Unclear where nobody can say. No text of an error holds the password.
    """
    if settings.smtp_url is None or settings.mail_from is None:
        raise MailFailed("Mail is not set up: set JOURNEYS_SMTP_URL and JOURNEYS_MAIL_FROM.")
    server, sender = _server(settings.smtp_url), parseaddr(settings.mail_from)[1]
    whole = _written(settings.mail_from, to, subject, text, html, files, message_id or new_message_id(settings.mail_from))
    with _connected(server, sender, whole_s) as smtp:
        _accepted(smtp.mail(sender), server, "the sender")
        _accepted(smtp.rcpt(to), server, "the recipient", is_final=True)
        _accepted(smtp.docmd("DATA"), server, "the mail", is_final=True)
        smtp.send(re.sub(rb"(?m)^\.", b"..", whole))
        handing_over()
        try:
            smtp.send(b".\r\n")
            answer = smtp.getreply()
        except (OSError, SMTPException) as problem:
            raise Unclear(f"The mail server {server.host} broke off before it said whether it took the mail.") from problem
        if answer[0] < 0:
            raise Unclear(f"The mail server {server.host} answered with something that is no answer when it had the whole mail.")
        _accepted(answer, server, "the mail", is_final=True)


def new_message_id(mail_from: str) -> str:
    """A Message-ID that nobody else has."""
    return make_msgid(domain=_domain(mail_from))


def _domain(mail_from: str) -> str:
    return parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"


def _server(url: str) -> _Server:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise MailFailed("JOURNEYS_SMTP_URL has a port that is no number from 1 to 65535.") from None
    user = unquote(parts.username) if parts.username else None
    usual = 465 if parts.scheme == "smtps" else 587 if user else 25
    return _Server(parts.hostname or "", port or usual, parts.scheme == "smtps", user, unquote(parts.password) if parts.password else None)


def _written(mail_from: str, to: str, subject: str, text: str, html: str | None, files: Sequence[File], message_id: str) -> bytes:
    """The mail as it goes over the wire, in seven bits, its lines ending in CRLF."""
    mail = EmailMessage(policy=MAIL.clone(cte_type="7bit"))
    mail["From"], mail["To"] = mail_from, to
    mail["Subject"] = " ".join(subject.split())  # a line break would begin another header
    mail["Date"], mail["Message-ID"], mail["Auto-Submitted"] = formatdate(), message_id, "auto-generated"
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    for path, name in files:
        kind, _, subtype = (guess_type(name)[0] or "application/octet-stream").partition("/")
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise MailFailed(f"The file {name} cannot be attached: {problem.strerror or problem}.", is_final=True) from problem
        mail.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    whole = mail.as_bytes()
    return whole if whole.endswith(b"\r\n") else whole + b"\r\n"


@contextmanager
def _connected(server: _Server, sender: str, whole_s: float) -> Iterator[SMTP]:
    """The server, greeted and signed in to; cut off when the time for a whole mail is over."""
    said_host = _domain(sender)  # else smtplib asks the resolver for a name of ours, which may take minutes
    trusted = ssl.create_default_context()
    smtp = SMTP_SSL(local_hostname=said_host, timeout=STEP_S, context=trusted) if server.is_tls else SMTP(local_hostname=said_host, timeout=STEP_S)
    is_over = Event()  # Timer's own is set only after what it calls has returned
    deadline = Timer(whole_s, _cut, (smtp, is_over))
    deadline.daemon = True
    deadline.start()
    try:
        smtp._host = server.host  # type: ignore[attr-defined]  # connect() leaves it empty, and the certificate would be compared with that
        _accepted(smtp.connect(server.host, server.port), server, "the connection")
        smtp.ehlo_or_helo_if_needed()
        if not server.is_tls and smtp.has_extn("starttls"):
            smtp.starttls(context=trusted)
            smtp.ehlo()
        _sign_in(smtp, server)
        yield smtp
    except SMTPAuthenticationError as problem:
        raise MailFailed(f"The mail server {server.host} refuses the user or the password of JOURNEYS_SMTP_URL ({problem.smtp_code}).") from problem
    except SMTPResponseException as problem:
        _refused((problem.smtp_code, problem.smtp_error), server, "the connection")
    except (OSError, SMTPException) as problem:
        why = f"it took longer than {whole_s:g} s" if is_over.is_set() else _reason(problem)
        raise MailFailed(f"The mail server {server.host}:{server.port} cannot be used: {why}.") from problem
    finally:
        deadline.cancel()
        smtp.close()


def _sign_in(smtp: SMTP, server: _Server) -> None:
    if server.user is None:
        return
    if not isinstance(smtp.sock, ssl.SSLSocket) and server.host not in LOOPBACK:
        raise MailFailed(f"The mail server {server.host} offers no encryption, so the password was not sent: use smtps://, or a server with STARTTLS.")
    smtp.user, smtp.password = server.user, server.password or ""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    known: dict[str, Any] = {"PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login, "CRAM-MD5": smtp.auth_cram_md5}
    how = next((name for name in known if name in offered), None)
    if how is None:
        raise MailFailed(f"The mail server {server.host} offers no way to sign in that is known here ({', '.join(known)}).")
    smtp.auth(how, known[how])  # one way, once: smtplib's login() tries each, and some servers lock out after three


def _accepted(answer: tuple[int, bytes], server: _Server, what: str, *, is_final: bool = False) -> None:
    if not 200 <= answer[0] < 400:
        _refused(answer, server, what, is_final=is_final)


def _refused(answer: tuple[int, bytes | str], server: _Server, what: str, *, is_final: bool = False) -> NoReturn:
    """`is_final`: a refusal for good is one; what hangs on the settings, the operator may mend."""
    code, said = answer
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200]
    for secret in (server.password, server.user):
        text = text.replace(secret, "•••") if secret else text
    raise MailFailed(f"The mail server {server.host} refuses {what}: {code} {text}".rstrip(), is_final=is_final and 500 <= code < 600)


def _reason(problem: Exception) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({problem.verify_message})"
    if isinstance(problem, TimeoutError):
        return f"no answer within {STEP_S:.0f} s"
    if isinstance(problem, socket.gaierror):
        return "its name is not known"
    return (problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)).rstrip(".") or type(problem).__name__


def _cut(smtp: SMTP, is_over: Event) -> None:
    """End the connection under a step that waits; what waits for it fails."""
    is_over.set()
    sock = smtp.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already
