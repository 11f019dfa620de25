"""One typed settings object, read from the environment and a `.env` file, and validated at start."""
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import WrongUsage, unknown

ROOT = Path(__file__).resolve().parents[1]  # the checkout: app.py, pages/ and the default data/ lie here
NAMES = ("JOURNEYS_DATA_DIR", "JOURNEYS_DATABASE_URL", "JOURNEYS_SECRET_KEY", "JOURNEYS_BASE_URL", "JOURNEYS_SMTP_URL",
         "JOURNEYS_MAIL_FROM", "JOURNEYS_OPERATORS", "JOURNEYS_SFTP_ALLOWED_HOSTS", "JOURNEYS_SFTP_MAX_MB")
SHORTEST_KEY = 16


class WrongSettings(WrongUsage):
    """A setting that cannot be meant as it stands; the text names it and never shows a secret's value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose. `secret` is the key from the environment, or None: then `secret_key` keeps one in a 0600 file."""

    data_dir: Path
    database_url: str
    secret: str | None
    base_url: str | None  # without a slash at its end; None: the address the browser used
    smtp_url: str | None
    mail_from: str | None
    oidc: tuple[tuple[str, str], ...]  # (lower-case name without JOURNEYS_OIDC_, value)
    sftp_allowed_hosts: tuple[str, ...]
    sftp_max_mb: int
    operators: tuple[str, ...] = ()  # names of administrators who see all accounts on /admin

    @property
    def has_provider(self) -> bool:
        """Whether single sign-on is set up."""
        return {"server_metadata_url", "client_id", "client_secret"} <= {name for name, _ in self.oidc}

    @property
    def accounts_dir(self) -> Path:
        return self.data_dir / "accounts"

    @property
    def secret_key(self) -> str:
        """The key that secrets are sealed with: JOURNEYS_SECRET_KEY, else the one in `secret.key`, made on first use."""
        return self.secret or _kept_key(self.data_dir / "secret.key")


def read(environment: Mapping[str, str] = os.environ, *, data_dir: str | Path | None = None, env_file: Path | None = None) -> Settings:
    """The settings of environment over `.env` (in the current directory, else beside app.py); `data_dir` from the command line wins.

    Raises WrongSettings, which names the setting.
    """
    said = {**_env_file(env_file), **{name: value for name, value in environment.items() if _is_ours(name)}}
    said = {name: value.strip() for name, value in said.items() if value.strip()}
    folder = Path(data_dir or said.get("JOURNEYS_DATA_DIR") or ROOT / "data").expanduser().absolute()
    return Settings(
        data_dir=folder,
        database_url=_database(said.get("JOURNEYS_DATABASE_URL"), folder),
        secret=_key(said.get("JOURNEYS_SECRET_KEY")),
        base_url=_address("JOURNEYS_BASE_URL", said.get("JOURNEYS_BASE_URL"), ("http", "https")),
        smtp_url=_address("JOURNEYS_SMTP_URL", said.get("JOURNEYS_SMTP_URL"), ("smtp", "smtps")),
        mail_from=_mail(said.get("JOURNEYS_MAIL_FROM")),
        oidc=tuple(sorted((name.removeprefix("JOURNEYS_OIDC_").lower(), value) for name, value in said.items() if name.startswith("JOURNEYS_OIDC_"))),
        sftp_allowed_hosts=tuple(_host(host.strip()) for host in said.get("JOURNEYS_SFTP_ALLOWED_HOSTS", "").split(",") if host.strip()),
        sftp_max_mb=_whole("JOURNEYS_SFTP_MAX_MB", said.get("JOURNEYS_SFTP_MAX_MB", "1024")),
        operators=tuple(name.strip() for name in said.get("JOURNEYS_OPERATORS", "").split(",") if name.strip()),
    )


def _is_ours(name: str) -> bool:
    return name in NAMES or name.startswith("JOURNEYS_OIDC_")


def _env_file(file: Path | None) -> dict[str, str]:
    """NAME=value lines; `#` begins a comment line, quotes around a value are taken off, other programs' names are not ours."""
    for candidate in (file,) if file else (Path.cwd() / ".env", ROOT / ".env"):
        if candidate.is_file():
            lines = (line.strip().removeprefix("export ").partition("=") for line in _text(candidate).splitlines())
            said = {name.strip(): value.strip().strip("\"'") for name, _, value in lines if name.strip().startswith("JOURNEYS_")}
            for name in said:
                if not _is_ours(name):  # in the environment another program may own such a name; here it is a slip of the pen
                    raise WrongSettings(f"{candidate}: {unknown('setting', name, NAMES)}")
            return said
    return {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongSettings(f"{file} is not UTF-8: save it as UTF-8.") from error


def _database(url: str | None, folder: Path) -> str:
    if not url:
        return f"sqlite:///{folder / 'journeys.sqlite'}"
    scheme = url.partition("://")[0]
    if scheme in ("postgres", "postgresql"):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    elif scheme not in ("sqlite", "postgresql+psycopg"):
        raise WrongSettings("JOURNEYS_DATABASE_URL begins neither with postgresql:// nor with sqlite:///: write postgresql://user:password@host/database.")
    if not _is_of_a_database(url):
        raise WrongSettings("JOURNEYS_DATABASE_URL is not an address of a database: write postgresql://user:password@host/database, "
                            "with what is special in the password as %XX, or sqlite:////folder/file.")
    return url


def _is_of_a_database(url: str) -> bool:
    """Whether SQLAlchemy can read the address, and an SQLite one names a file: what lies in memory would be gone after each command."""
    from sqlalchemy import make_url  # a tenth of a second that the settings need not wait where the address is the default
    from sqlalchemy.exc import ArgumentError

    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return not url.startswith("sqlite") or bool(place.database and not place.host and place.database != ":memory:")


def _key(key: str | None) -> str | None:
    if key is not None and len(key) < SHORTEST_KEY:
        raise WrongSettings(f"JOURNEYS_SECRET_KEY has {len(key)} characters, it needs {SHORTEST_KEY} or more: make one with `openssl rand -hex 32`.")
    return key


def _address(name: str, url: str | None, schemes: tuple[str, ...]) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, a bracket without its other
        is_one = False
    if not is_one:
        raise WrongSettings(f"{name} is not an address: write {schemes[0]}://host or {schemes[-1]}://host.")
    return url.rstrip("/")


def _mail(address: str | None) -> str | None:
    if address is not None and not re.fullmatch(r"(?:[^<>@]*<)?[^<>@\s]+@[^<>@\s]+>?", address):
        raise WrongSettings(f"JOURNEYS_MAIL_FROM is “{address}”, which is no mail address: write name@host.")
    return address


def _host(entry: str) -> str:
    """A name or address as it stands; a slash is meant as a network, which has to be one."""
    if "/" in entry:
        try:
            ipaddress.ip_network(entry.strip("[]"), strict=False)
        except ValueError as error:
            raise WrongSettings(f"JOURNEYS_SFTP_ALLOWED_HOSTS has “{entry}”, which is no network: write 10.0.0.0/8.") from error
    elif re.search(r"\s", entry):
        raise WrongSettings(f"JOURNEYS_SFTP_ALLOWED_HOSTS has “{entry}”: write names, addresses and networks with commas between.")
    return entry


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise WrongSettings(f"{name} is “{text}”: write a whole number above zero.")
    return int(text)


def _kept_key(file: Path) -> str:
    """The key in the file; several first starts at once agree on one, as only one link to the name succeeds."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first: its key is the one
        finally:
            draft.unlink()
    if file.stat().st_mode & 0o077:
        raise WrongSettings(f"{file} may be read by others than its owner: run chmod 600 on it.")
    key = file.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise WrongSettings(f"{file} holds no key: restore it from a backup, or secrets sealed with it cannot be read.")
    return key
