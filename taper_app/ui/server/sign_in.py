"""Signing in, signing out, and changing one's password: our own forms, our own cookie."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from taper_app import wiring
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.settings import settings
from taper_app.ui.server import admission, cookies
from taper_app.ui.server.forms import FormRefused, go_to, read_form, with_form_cookie
from taper_app.ui.server.gate import (
    CHANGE_PASSWORD,
    DEMO,
    FIRST_RUN,
    SIGN_IN,
    SIGN_OUT,
    demo_is_offered,
    page_to_return_to,
)
from taper_app.ui.server.html import fault_count, fault_summary, field, form, hidden, notice, page, refused_page, text
from taper_app.use_cases import accounts, sessions
from taper_app.use_cases.accounts import SignInGrant, SignInRefused, in_words
from taper_app.use_cases.sessions import LiveSession
from taper_app.use_cases.sign_in_limits import AddressLimit

ADDRESS_LIMIT = AddressLimit()


async def sign_in(request: Request) -> Response:
    if request.method == "POST":
        return await _try_to_sign_in(request)
    if not await run_in_threadpool(accounts.account_exists, wiring.app_for(demo=False).store):
        return go_to(FIRST_RUN)
    return_to = page_to_return_to(request.query_params.get("next"))
    return await run_in_threadpool(_sign_in_page, request, return_to=return_to)


async def _try_to_sign_in(request: Request) -> Response:
    try:
        fields = await read_form(request)
    except FormRefused as refused:
        return refused.response
    app = wiring.app_for(demo=False)
    return_to = page_to_return_to(fields.get("return_to"))
    name = fields.get("name", "")
    address = request.client.host if request.client else "unknown"
    if (until := ADDRESS_LIMIT.refused_until(address, app.clock())) is not None:
        wait = until - app.clock()
        sentence = f"Too many attempts from this address. Wait {in_words(wait)} before the next one."
        return _sign_in_page(
            request, return_to=return_to, name=name, problem=sentence, status=429, wait_seconds=wait.total_seconds()
        )
    try:
        grant = await run_in_threadpool(
            accounts.sign_in,
            app.store,
            name=name,
            password=fields.get("password", ""),
            now=app.clock(),
            session_lasts=settings().session_lasts,
            replaces_session=_present_session(request),
        )
    except SignInRefused as refused:
        ADDRESS_LIMIT.count_failure(address, app.clock())
        wait_seconds = refused.wait.total_seconds()
        return await run_in_threadpool(
            _sign_in_page,
            request,
            return_to=return_to,
            name=name,
            problem=f"{refused} {'' if wait_seconds else refused.next_step}".strip(),
            status=429 if wait_seconds else 401,
            wait_seconds=wait_seconds,
        )
    return signed_in(grant, CHANGE_PASSWORD if grant.account.must_change_password else return_to, is_demo=False)


def signed_in(grant: SignInGrant, path: str, *, is_demo: bool) -> Response:
    """Hand the new session to the browser and go on."""
    response = go_to(path)
    cookies.set_cookie(response, cookies.SESSION, grant.token)
    cookies.drop_cookie(response, cookies.FORM)
    if not is_demo:
        cookies.drop_cookie(response, cookies.DEMO)
    return response


def _sign_in_page(
    request: Request,
    *,
    return_to: str,
    name: str = "",
    problem: str = "",
    status: int = 200,
    wait_seconds: float = 0,
) -> Response:
    secret = cookies.form_secret(request)
    fields = (
        hidden("return_to", return_to)
        + field("name", "User name", value=name[:40], autocomplete="username", autofocus=not name)
        + field("password", "Password", password=True, autocomplete="current-password", autofocus=bool(name))
    )
    ended = "ended" in request.query_params and not problem
    main = (
        (notice("You were signed out after a time without use. Drafts are kept.") if ended else "")
        + fault_summary([problem] if problem else [])
        + form(SIGN_IN, cookies.form_token(secret), fields, "Sign in")
    )
    if demo_is_offered():
        main += '<p><br><a href="/demo">Practise with synthetic patients</a></p>'
    response = page("Sign in", main, status=status)
    if wait_seconds > 0:
        response.headers["Retry-After"] = str(int(wait_seconds) + 1)
    return with_form_cookie(request, response, secret)


async def sign_out(request: Request) -> Response:
    """GET asks, POST ends the session. Both work without one."""
    live = await run_in_threadpool(admission.look_up, cookies.session_token(request))
    if request.method != "POST":
        if not isinstance(live, LiveSession):
            return go_to("/")
        secret = cookies.form_secret(request)
        main = text(f"Signed in as {live.account.display_name}. Drafts are kept.") + form(
            SIGN_OUT, cookies.form_token(secret), "", "Sign out"
        )
        return with_form_cookie(request, page("Sign out", main + '<p><a href="/">Back</a></p>'), secret)
    try:
        await read_form(request)
    except FormRefused as refused:
        return refused.response
    if isinstance(live, LiveSession):
        app = wiring.app_for(demo=live.is_demo)
        await run_in_threadpool(sessions.sign_out, app.store, live.session.id, now=app.clock())
    response = go_to(DEMO if cookies.in_demo(request) else SIGN_IN)
    cookies.drop_cookie(response, cookies.SESSION)
    return response


async def change_password(request: Request) -> Response:
    live: LiveSession = request.state.live
    if live.is_demo:
        return refused_page("Not here", "Synthetic people have no password of their own.", status=403)
    if request.method != "POST":
        return _change_password_page(request, live)
    try:
        fields = await read_form(request)
    except FormRefused as refused:
        return refused.response
    app = wiring.app_for(demo=False)
    try:
        grant = await run_in_threadpool(
            accounts.change_password,
            app.store,
            account_id=live.account.id,
            present=fields.get("present", ""),
            password=fields.get("password", ""),
            password_again=fields.get("password_again", ""),
            now=app.clock(),
            session_lasts=settings().session_lasts,
        )
    except InputRefused as refused_input:
        return _change_password_page(request, live, refused_input.faults, status=422)
    except SignInRefused as refused_now:
        return _change_password_page(
            request, live, [Fault("present", str(refused_now))], status=429 if refused_now.wait else 401
        )
    return signed_in(grant, "/", is_demo=False)


def _change_password_page(
    request: Request, live: LiveSession, faults: Sequence[Fault] = (), *, status: int = 200
) -> Response:
    secret = cookies.form_secret(request)
    fields = (
        field("present", "Present password", password=True, autocomplete="current-password", faults=faults)
        + field(
            "password",
            "New password",
            password=True,
            autocomplete="new-password",
            hint="At least 12 characters, better 15; four unrelated words work well.",
            faults=faults,
        )
        + field("password_again", "New password again", password=True, autocomplete="new-password", faults=faults)
    )
    main = (
        (notice("Choose a password of your own before going on.") if live.account.must_change_password else "")
        + fault_count(faults)
        + form(CHANGE_PASSWORD, cookies.form_token(secret), fields, "Change password")
    )
    return with_form_cookie(request, page("Change password", main, status=status), secret)


def _present_session(request: Request) -> str | None:
    """The stored id of the session this browser had so far; it ends when another person signs in."""
    token = cookies.session_token(request)
    return sessions.session_id_of(token) if token and not sessions.is_demo_token(token) else None
