"""The first page of an empty installation, and the way into the ward of synthetic patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from taper_app import wiring
from taper_app.clinical.errors import Fault, InputRefused, StateConflict
from taper_app.clinical.people import Role
from taper_app.settings import settings
from taper_app.store.interface import Account
from taper_app.ui.server import cookies
from taper_app.ui.server.forms import FormRefused, go_to, read_form, with_form_cookie
from taper_app.ui.server.gate import DEMO, FIRST_RUN, SIGN_IN, demo_is_offered
from taper_app.ui.server.html import fault_count, fault_summary, field, form, hidden, notice, page, text
from taper_app.ui.server.sign_in import signed_in
from taper_app.use_cases import accounts
from taper_app.use_cases.accounts import SignInRefused

_CREATE = "create_administrator"
_EXPLORE = "explore"
_ENTER = "enter"
_LEAVE = "leave"


async def first_run(request: Request) -> Response:
    """Only while nobody can sign in; afterwards it leads to the sign-in page, whatever is posted."""
    if await run_in_threadpool(accounts.account_exists, wiring.app_for(demo=False).store):
        return go_to(SIGN_IN)
    if request.method != "POST":
        return _first_run_page(request)
    try:
        fields = await read_form(request)
    except FormRefused as refused:
        return refused.response
    return await _create_administrator(request, fields)


async def _create_administrator(request: Request, fields: Mapping[str, str]) -> Response:
    app = wiring.app_for(demo=False)
    name, password = fields.get("name", ""), fields.get("password", "")
    try:
        await run_in_threadpool(
            accounts.create_first_administrator,
            app.store,
            name=name,
            display_name=fields.get("display_name", ""),
            password=password,
            password_again=fields.get("password_again", ""),
            now=app.clock(),
        )
    except InputRefused as refused:
        return _first_run_page(request, fields, refused.faults, status=422)
    except StateConflict:
        return go_to(SIGN_IN)
    grant = await run_in_threadpool(
        accounts.sign_in,
        app.store,
        name=name,
        password=password,
        now=app.clock(),
        session_lasts=settings().session_lasts,
    )
    return signed_in(grant, "/", is_demo=False)


def _first_run_page(
    request: Request, typed: Mapping[str, str] | None = None, faults: Sequence[Fault] = (), *, status: int = 200
) -> Response:
    typed = typed or {}
    secret = cookies.form_secret(request)
    token = cookies.form_token(secret)
    fields = (
        field(
            "name",
            "User name",
            value=typed.get("name", "")[:80],
            autocomplete="username",
            hint="What you type to sign in, such as a.ng.",
            faults=faults,
        )
        + field(
            "display_name",
            "Name shown to colleagues",
            value=typed.get("display_name", "")[:160],
            autocomplete="name",
            hint="Such as A. Ng.",
            faults=faults,
        )
        + field(
            "password",
            "Password",
            password=True,
            autocomplete="new-password",
            hint="At least 12 characters, better 15; four unrelated words work well.",
            faults=faults,
        )
        + field("password_again", "Password again", password=True, autocomplete="new-password", faults=faults)
    )
    main = (
        text("Nobody can sign in yet. Create the first administrator, who then adds the unit and its staff.")
        + fault_count(faults)
        + form(FIRST_RUN, token, fields, "Create administrator")
    )
    if demo_is_offered():
        main += (
            "<h2>Or look around first</h2>"
            + text("A made-up ward in a database of its own. No real patient can be entered there.")
            + form(DEMO, token, hidden("do", _EXPLORE), "Explore with synthetic patients", quiet=True)
        )
    return with_form_cookie(request, page("Welcome to Taper", main, status=status), secret)


async def demo(request: Request) -> Response:
    """Choose as whom to look around. Reaches the database of synthetic patients and no other."""
    if not await run_in_threadpool(demo_is_offered):
        response = go_to(SIGN_IN)
        cookies.drop_cookie(response, cookies.DEMO)
        return response
    if request.method != "POST":
        return await run_in_threadpool(_demo_page, request)
    try:
        fields = await read_form(request)
    except FormRefused as refused:
        return refused.response
    if fields.get("do") == _LEAVE:
        response = go_to("/")
        cookies.drop_cookie(response, cookies.DEMO)
        cookies.drop_cookie(response, cookies.SESSION)
        return response
    if fields.get("do") == _ENTER:
        return await _enter_as(request, fields.get("account", ""))
    await run_in_threadpool(wiring.fill_demo, wiring.app_for(demo=True))
    response = go_to(DEMO)
    cookies.set_cookie(response, cookies.DEMO, "1")
    return response


async def _enter_as(request: Request, account_id: str) -> Response:
    app = wiring.app_for(demo=True)
    try:
        grant = await run_in_threadpool(
            accounts.sign_in_synthetic,
            app.store,
            account_id=account_id,
            now=app.clock(),
            session_lasts=settings().session_lasts,
        )
    except SignInRefused as refused:
        return await run_in_threadpool(_demo_page, request, str(refused), status=404)
    response = signed_in(grant, "/", is_demo=True)
    cookies.set_cookie(response, cookies.DEMO, "1")
    return response


def _demo_page(request: Request, problem: str = "", *, status: int = 200) -> Response:
    app = wiring.app_for(demo=True)
    wiring.fill_demo(app)
    secret = cookies.form_secret(request)
    token = cookies.form_token(secret)
    with app.store.reading() as reading:
        people = _one_for_each_role(reading.accounts())
    buttons = "".join(
        form(
            DEMO,
            token,
            hidden("do", _ENTER) + hidden("account", person.id),
            f"{person.role.in_words.capitalize()} ({person.display_name})",
        )
        for person in people
    )
    main = (
        notice("Every patient and every person here is synthetic.")
        + fault_summary([problem] if problem else [])
        + text("As whom do you want to look around?")
        + buttons
        + form(DEMO, token, hidden("do", _LEAVE), "Leave the synthetic ward", quiet=True)
    )
    return with_form_cookie(request, page("Synthetic ward", main, status=status), secret)


def _one_for_each_role(people: Sequence[Account]) -> list[Account]:
    """The first person of each role, in the order of the rights table."""
    first: dict[Role, Account] = {}
    for person in people:
        if person.disabled_at is None:
            first.setdefault(person.role, person)
    return [first[role] for role in Role if role in first]
