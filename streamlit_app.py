"""The guarded application, for ``streamlit run streamlit_app.py``; ``taper run`` starts the same one.

Streamlit recognises the server by the literal call below and by nothing else.
"""

import streamlit as st

from taper_app.ui.server.routes import MIDDLEWARE, ROUTER, ROUTES

app = st.App(ROUTER, routes=ROUTES, middleware=MIDDLEWARE)
