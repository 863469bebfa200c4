"""What happens when the server starts, however it was started: refuse unsafe addresses, take over error reports."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.pages_manager import PagesManager

from taper_app import wiring
from taper_app.clinical.errors import TaperError
from taper_app.settings import settings
from taper_app.ui.server.addresses import ensure_safe_address
from taper_app.ui.server.unexpected import keep_values_out_of_logs, show_script_error


class Startup:
    """Acts on the server's start and end; requests pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_and_act(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                take_over_script_errors()
                run_pages_only_through_the_router()
            await send(message)

        keep_values_out_of_logs()
        try:
            ensure_safe_address(config.get_option("server.address") or "every interface", settings())
            await run_in_threadpool(wiring.open_for_serving)
        except TaperError as refused:
            await receive()
            await send({"type": "lifespan.startup.failed", "message": f"{refused} {refused.next_step}".strip()})
            return
        try:
            await self.app(scope, receive, send_and_act)
        finally:
            await run_in_threadpool(wiring.close_all)


def take_over_script_errors() -> None:
    """Show every error that escapes a page, fragment or callback our way.

    ``st.App`` takes a handler only as an argument, which the literal call in streamlit_app.py leaves out: Streamlit
    recognises that call by its form. So it is given to the session manager that hands it to each session.
    """
    manager = runtime.get_instance()._session_mgr
    if not hasattr(manager, "_on_script_error"):
        raise RuntimeError("This version of Streamlit keeps its error handler elsewhere; see server/startup.py.")
    manager._on_script_error = show_script_error


def run_pages_only_through_the_router() -> None:
    """Keep Streamlit from running the files of a ``pages`` folder by themselves.

    Until the first ``st.navigation`` of a process it treats such a folder beside the main script as pages of its own
    and runs whichever an address names, without the router's first lines.
    """
    PagesManager.uses_pages_directory = False
