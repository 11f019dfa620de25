"""What an error says of a name that is none."""
import pytest

from core.errors import unknown


@pytest.mark.parametrize(("known", "said"), [
    (("entries", "exits"), "There is no measure “entrys”. Did you mean “entries”?"),
    (("mep", "calls"), "There is no measure “entrys”. There are: calls, mep."),
    (("mep",), "There is no measure “entrys”. There is: mep."),
    ((), "There is no measure “entrys”."),
])
def test_a_name_that_is_none_is_said_with_the_one_that_was_meant_or_those_there_are(known, said):
    assert unknown("measure", "entrys", known) == said
