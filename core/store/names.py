"""The names that people give to what they keep."""
from core.errors import WrongUsage


def named(text: str, longest: int, what: str) -> str:
    """The name without space around it. Raises WrongUsage, which says that it cannot be `what`, such as “a filter's name”."""
    name = text.strip()
    if not name or len(name) > longest or not name.isprintable():
        raise WrongUsage(f"“{name}” cannot be {what}: use 1 to {longest} printable characters.")
    return name
