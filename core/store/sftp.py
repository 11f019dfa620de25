"""SFTP connections, the files seen on their servers, and each fetch; a fetch outlives its connection."""
from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from core.store.tables import Instant, metadata


def _account() -> Column[str]:
    return Column("account_id", String(64), ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True)


connections = Table(
    "sftp_connections", metadata,
    _account(),
    Column("name", String(64), primary_key=True),
    Column("journey_id", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("username", Text, nullable=False),
    Column("sign_in", String(16), nullable=False),  # key or password
    Column("secret", Text, nullable=False),  # sealed with the secret key
    Column("host_keys", JSON, nullable=False),  # [[type, base64], …] as accepted; []: none yet
    Column("path", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("reading", JSON, nullable=False),  # contacts, country, columns, delimiter, encoding
    Column("every_minutes", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("polled_at", Instant),  # when the newest poll began
    Column("looked", JSON, nullable=False),  # {file: [size, mtime]} that the newest poll saw and did not take
)

files = Table(  # files whose content is known, so that a poll need not read them again
    "sftp_files", metadata,
    _account(),
    Column("connection", String(64), primary_key=True),
    Column("file", String(1024), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime", BigInteger, nullable=False),  # seconds since 1970, as the server says
    Column("sha256", String(64), nullable=False),
)

fetches = Table(
    "sftp_fetches", metadata,
    Column("fetch_id", Integer, primary_key=True),
    Column("account_id", String(64), ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    Column("connection", String(64), nullable=False),
    Column("file", Text),  # null: the connection itself failed
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String(16), nullable=False),  # judging → appending → done; only done ones are history
    Column("journey_id", Text, nullable=False),
    Column("reading", JSON, nullable=False),  # as it was then: a retry and the fix-it file read the same way
    Column("size", BigInteger),
    Column("mtime", BigInteger),
    Column("sha256", String(64)),
    Column("total", BigInteger),
    Column("valid", BigInteger),
    Column("invalid", BigInteger),
    Column("duplicates", BigInteger),
    Column("reasons", JSON, nullable=False),
    Column("read_as", JSON, nullable=False),  # {encoding, delimiter, columns} as found
    Column("first_valid_line", BigInteger),
    Column("error", Text),  # why nothing was imported; null: imported
    Column("same_as", Text),  # the file whose content this one repeats
    Index(None, "account_id", "started_at"),
    Index(None, "account_id", "connection", "sha256"),
)
