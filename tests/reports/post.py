"""A real SMTP server of the tests' own, and what it takes."""
import asyncio
import datetime
import socket
import ssl
from contextlib import contextmanager
from email import message_from_bytes, policy
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD = "s3cr3t/pw 4711"


class Box:
    """Keeps what arrives. `says` is what it answers to (“rcpt” | “data”), a list of answers one after the other; `hangs`: never answers to the data."""

    def __init__(self, *, rcpt=(), data=(), hangs=False):
        self.mails, self.says, self.hangs = [], {"rcpt": list(rcpt), "data": list(data)}, hangs
        self.tried = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tried += 1
        if self.says["rcpt"]:
            return self.says["rcpt"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.hangs:
            await asyncio.sleep(600)
        if self.says["data"]:
            said = self.says["data"].pop(0)
            if said == "drop":  # has the whole mail, and is gone before it says so
                self.mails.append(self.read(envelope))
                server.transport.abort()
                return "250 nobody hears this"
            return said
        self.mails.append(self.read(envelope))
        return "250 OK"

    def read(self, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
        return SimpleNamespace(to=envelope.rcpt_tos, sender=envelope.mail_from, subject=mail["Subject"], id=mail["Message-ID"], whole=mail, files=files,
                               text=mail.get_body(("plain",)).get_content(), raw=envelope.content)


@contextmanager
def server(box, **how):
    """“host:port” of a server with this box."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10, **how)
    controller.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        controller.stop()


def signed_in(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"ana", PASSWORD.encode()), handled=False)


def certificate(folder):
    """(context of a server, file to trust) for localhost and 127.0.0.1."""
    import ipaddress
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, str(folder / "cert.pem")


def settings(url, sender="Journeys <journeys@example.com>"):
    return SimpleNamespace(smtp_url=url, mail_from=sender)
