"""The door of every page run: who is signed in, what the menu holds, and the Viewer that the page is given."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # Streamlit puts the script's own folder there
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from core.access import accounts, sessions  # noqa: E402
from core.cli.door import of_the_server  # noqa: E402
from core.ui import browser, navigation, settling, sign_in, theme  # noqa: E402
from core.ui.turns import TURNS  # noqa: E402
from core.ui.viewer import VIEWER, Viewer  # noqa: E402

door = of_the_server()
now = door.now()
cookie = browser.session_cookie()
user = sessions.user_of(door.store, cookie, now=now)  # every run: the row decides, never session_state
st.set_page_config("Journey Analytics", navigation.FAVICON if user else None, layout="wide", initial_sidebar_state=246 if user else "collapsed")
theme.stylesheet()

if user is None:
    st.session_state.pop(VIEWER, None)
    if cookie is not None:
        browser.go_again()
    sign_in.show(door.store, now, has_provider=door.settings.has_provider)
    st.stop()  # no st.navigation here: it turns /mep into / and the deep link is lost

viewer = Viewer(door, user, accounts.find(door.store, user.account_id), cookie, now, st.session_state)
st.session_state[VIEWER] = viewer
with TURNS.turn():
    navigation.run(viewer)
settling.settle()
