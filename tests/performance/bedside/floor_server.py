"""Serves one page with the options and the socket of ``taper run``, but without its gate: the floor of the ratios.

floor_server.py PAGE PORT
"""

from __future__ import annotations

import sys

import streamlit as st
from streamlit.web.server.starlette import starlette_server

from taper_app.settings import settings
from taper_app.ui.server.launch import options_for, preload, sending_at_once

if __name__ == "__main__":
    page, port = sys.argv[1], int(sys.argv[2])
    preload()
    starlette_server._bind_socket = sending_at_once(
        starlette_server._bind_socket, announce=lambda port: print(f"http://127.0.0.1:{port}", flush=True)
    )
    st.App(page).run(config=options_for("127.0.0.1", port, settings()))
