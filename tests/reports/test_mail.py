"""One mail over a real server: taken once, refused with its reason, never for ever, never with the password in an error."""
import socket
import threading
import time
from urllib.parse import quote

import pytest

from core.reports import mail
from core.reports.mail import MailFailed, Unclear, send
from tests.reports.post import PASSWORD, Box, certificate, server, settings, signed_in

TO = "ana@example.com"


def test_a_mail_arrives_with_its_text_its_page_and_its_files(tmp_path):
    box, file = Box(), tmp_path / "x"
    file.write_bytes(b"\x00\xffa\r\n.\r\nb")
    with server(box) as at:
        send(settings(f"smtp://{at}"), TO, "Číslo\nBcc: eve@example.com", "one\n.\n..two š", "<p>one</p>", [(file, "výkaz.xlsx")], message_id="<1@x>")
    (got,) = box.mails
    assert (got.to, got.sender, got.subject, got.id) == ([TO], "journeys@example.com", "Číslo Bcc: eve@example.com", "<1@x>")
    assert got.text.splitlines() == ["one", ".", "..two š"]
    assert got.files == {"výkaz.xlsx": b"\x00\xffa\r\n.\r\nb"}
    assert got.raw.isascii()


def test_the_call_is_told_before_the_server_can_have_the_whole_mail():
    box = Box()

    def stop():
        assert box.mails == []
        raise MailFailed("stopped")

    with server(box) as at, pytest.raises(MailFailed, match="stopped"):
        send(settings(f"smtp://{at}"), TO, "a", "b", handing_over=stop)
    assert box.mails == []


@pytest.mark.parametrize(("says", "is_final"), [({"rcpt": ["550 no such user"]}, True), ({"rcpt": ["451 later"]}, False), ({"data": ["552 too large"]}, True)])
def test_what_the_server_refuses_is_said_with_its_words(says, is_final):
    with server(Box(**says)) as at, pytest.raises(MailFailed, match=next(iter(says.values()))[0]) as refused:
        send(settings(f"smtp://{at}"), TO, "a", "b")
    assert refused.value.is_final is is_final


def test_a_server_that_is_gone_after_the_last_line_leaves_it_unclear():
    box = Box(data=["drop"])
    with server(box) as at, pytest.raises(Unclear, match="broke off before it said"):
        send(settings(f"smtp://{at}"), TO, "a", "b")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_password_goes_over_tls_and_a_wrong_one_is_in_no_error(tmp_path, monkeypatch):
    context, trusted = certificate(tmp_path)
    how = {"authenticator": signed_in, "auth_required": True}
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    for scheme, given in (("smtp", {"tls_context": context}), ("smtps", {"ssl_context": context, "auth_require_tls": False})):
        box = Box()
        with server(box, **how, **given) as at:
            host = at.replace("127.0.0.1", "localhost")
            send(settings(f"{scheme}://ana:{quote(PASSWORD, safe='')}@{host}"), TO, "a", "b")
            with pytest.raises(MailFailed, match="refuses the user or the password") as refused:
                send(settings(f"{scheme}://ana:geheim99@{host}"), TO, "a", "b")
        assert len(box.mails) == 1
        assert "geheim99" not in str(refused.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    context, _ = certificate(tmp_path)
    with server(Box(), ssl_context=context) as at, pytest.raises(MailFailed, match="certificate is not trusted"):
        send(settings(f"smtps://{at}"), TO, "a", "b")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_no_password_leaves_the_machine_in_clear(monkeypatch):
    monkeypatch.setattr(mail, "LOOPBACK", ())
    with server(Box(), authenticator=signed_in, auth_require_tls=False) as at, pytest.raises(MailFailed, match="offers no encryption"):
        send(settings(f"smtp://ana:{quote(PASSWORD, safe='')}@{at}"), TO, "a", "b")


def test_a_server_that_never_answers_or_drips_is_left_in_time(monkeypatch):
    monkeypatch.setattr(mail, "STEP_S", 0.5)
    silent = socket.create_server(("127.0.0.1", 0))
    began = time.monotonic()
    with pytest.raises(MailFailed, match="cannot be used"):
        send(settings(f"smtp://127.0.0.1:{silent.getsockname()[1]}"), TO, "a", "b")
    dripping = socket.create_server(("127.0.0.1", 0))

    def drip():
        with dripping.accept()[0] as there:
            try:
                for _ in range(100):
                    there.sendall(b"2")
                    time.sleep(0.05)  # this server drips: the time is what is tested
            except OSError:
                pass  # cut off

    threading.Thread(target=drip, daemon=True).start()
    with pytest.raises(MailFailed, match="took longer than 1 s"):
        send(settings(f"smtp://127.0.0.1:{dripping.getsockname()[1]}"), TO, "a", "b", whole_s=1)
    assert time.monotonic() - began < 30  # a socket of its own accord waits for minutes
    silent.close()
    dripping.close()


def test_a_server_that_hangs_with_the_whole_mail_leaves_it_unclear(monkeypatch):
    monkeypatch.setattr(mail, "STEP_S", 0.5)
    with server(Box(hangs=True)) as at, pytest.raises(Unclear):
        send(settings(f"smtp://{at}"), TO, "a", "b")


@pytest.mark.parametrize(("url", "said"), [("smtp://nobody.invalid", "its name is not known"), ("smtp://127.0.0.1:1", "refused"),
                                           ("smtp://u:geheim@127.0.0.1:99999", "no number"), (None, "Mail is not set up")])
def test_a_server_that_is_not_there_is_said_in_one_line(url, said):
    with pytest.raises(MailFailed, match=said) as failed:
        send(settings(url), TO, "a", "b")
    assert (failed.value.is_final, "geheim" in str(failed.value)) == (False, False)
