"""Launcher of the web app: its routes, its guards and its worker; `journeys serve` starts it."""
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.proto.BackMsg_pb2 import BackMsg

from core import worker
from core.access import sessions
from core.api import at_once, front
from core.api.guards import KnownPages, LiveSession, SecurityHeaders, content_policy
from core.api.routes import routes
from core.api.trouble import Trouble
from core.cli.door import of_the_server
from core.ui import lighter, menu, trouble

at_once.install()
lighter.install()
door = of_the_server()
RESERVED = ("auth", "exports", "api", "healthz", "_stcore", "app", "media", "component", "static")  # first segments of routes, ours and Streamlit's
FRONTEND = Path(st.__file__).parent / "static"


def user_of(session_id):
    return sessions.user_of(door.store, session_id, now=door.now())


app = st.App("core/ui/shell.py", routes=routes(door), lifespan=worker.beside(door), on_script_error=trouble.show,  # written just so: the source is searched
             middleware=[Middleware(SecurityHeaders, policy=content_policy(front.index_of(FRONTEND))),
                         Middleware(Trouble),
                         Middleware(front.FirstFiles, static=FRONTEND, pages=menu.ADDRESSES),
                         Middleware(KnownPages, user_of=user_of, pages=menu.ADDRESSES, reserved=RESERVED),
                         Middleware(LiveSession, user_of=user_of, back_message=BackMsg)])
