"""How the files of a connection are read: which contacts, columns, country, delimiter and encoding."""
import codecs
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from phonenumbers import SUPPORTED_REGIONS

from core.errors import WrongUsage, unknown

CONTACTS = {"phone": ("phone",), "email": ("email",), "both": ("phone", "email")}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
AUTO = "auto"
# Codecs that make text of text, or of what no file is written in.
_NO_FILE_IS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "utf-7", "mbcs", "oem", "raw-unicode-escape", "unicode-escape"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What `check` is given and a connection keeps. Raises WrongUsage, naming the choice, where one cannot be meant."""

    contacts: str  # phone, email or both
    country: str | None = None  # ISO 3166 alpha-2 in upper case: how a national phone number is read
    phone_column: str = "phone"
    email_column: str = "email"
    profile_column: str = "profile_id"
    delimiter: str = AUTO
    encoding: str = AUTO

    def __post_init__(self) -> None:
        _one_of("contact choice", self.contacts, CONTACTS)
        _one_of("delimiter", self.delimiter, (AUTO, *DELIMITERS))
        if self.country is not None:
            object.__setattr__(self, "country", self.country.strip().upper())
            if self.country not in SUPPORTED_REGIONS:
                raise WrongUsage(f"There is no country “{self.country}” with a telephone numbering plan: write its two ISO letters, such as HR or DE.")
        object.__setattr__(self, "encoding", _encoding(self.encoding))
        named = [name_key(column) for _, column in self.contact_columns]
        if "" in named or len(set(named)) < len(named):
            raise WrongUsage("Each contact needs a column of its own: name two different ones for phone and e-mail.")

    @property
    def contact_columns(self) -> tuple[tuple[str, str], ...]:
        """(contact, column as it was named) for each contact that is imported, phone first."""
        columns = {"phone": self.phone_column, "email": self.email_column}
        return tuple((contact, columns[contact]) for contact in CONTACTS[self.contacts])

    def document(self) -> dict[str, Any]:
        """As plain data, for the store."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Reading":
        """The reverse of `document`."""
        return cls(**{field.name: document[field.name] for field in fields(cls) if field.name in document})


def name_key(column: str) -> str:
    """How column names are compared: without case and surrounding space."""
    return column.strip().casefold()


def _one_of(kind: str, value: str, known: Any) -> None:
    if value not in known:
        raise WrongUsage(unknown(kind, value, known))


def _encoding(name: str) -> str:
    """The codec's name in our spelling; `auto` stays."""
    if name == AUTO:
        return AUTO
    try:
        codec = codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError, TypeError, UnicodeError):
        codec = None
    if codec is None or codec.name in _NO_FILE_IS:
        raise WrongUsage(f"There is no text encoding “{name}”: auto finds UTF-8, UTF-16 and Windows-1252, others are called like iso-8859-2 or cp1250.")
    return {"cp1252": "windows-1252", "utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(codec.name, codec.name)
