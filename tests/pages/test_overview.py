"""Overview says what it counts, and what it does not find it names."""


def html(at):
    return "\n".join(element.proto.body for element in at.get("html"))


def test_overview_shows_six_tiles_and_its_widgets(run):
    at = run("overview")
    assert not at.exception
    said = html(at)
    for title in ("Profiles in journey", "Profiles exited", "Active profiles", "Goal performers", "Messages sent", "Traffic cost"):
        assert f"<dt>{title}</dt>" in said
