"""What a number is of: decides how it is read on screen, in a file and in JSON."""
from enum import StrEnum


class Unit(StrEnum):
    """The `unit` of a column in every answer (interface §5)."""

    COUNT = "count"  # things that happened: Int64, 0 where there is none
    PEOPLE = "people"  # distinct profiles: Int64, 0 where there is none, never summed
    MONEY = "money"  # Decimal(38, 6) in one currency, null where nothing has a price
    RATE = "rate"  # Float64, a fraction and not a percentage, null over nothing
    SECONDS = "seconds"  # Float64, null where nothing has a duration
    TEXT = "text"  # a dimension
    NUMBER = "number"  # of a formula alone: Float64, null over nothing
