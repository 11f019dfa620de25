"""The web app with two pages of the tests' own: they tell in files when their code ran."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402

from core.access import sessions  # noqa: E402
from core.api.guards import LiveSession, SecurityHeaders, content_policy  # noqa: E402
from core.api.routes import routes  # noqa: E402
from core.cli.door import of_the_server  # noqa: E402
from core.ui import menu, trouble  # noqa: E402

PAGES = Path(__file__).parent / "pages"
menu.MENU = (
    menu.Entry("Probe", "Probe", "science", "probe", str(PAGES / "probe.py")),
    menu.Entry("Probe", "Managers", "groups", "managers", str(PAGES / "managers.py"), "mep"),
)
menu.ENABLE = menu.Entry("", "Enable", "handshake", "enable", str(PAGES / "enable.py"))
door = of_the_server()
policy = content_policy((Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8"))


def user_of(session_id):
    return sessions.user_of(door.store, session_id, now=door.now())


app = st.App(str(ROOT / "core/ui/shell.py"), routes=routes(door), on_script_error=trouble.show,
             middleware=[Middleware(SecurityHeaders, policy=policy), Middleware(LiveSession, user_of=user_of, back_message=BackMsg)])
