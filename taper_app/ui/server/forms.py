"""What every form route shares: reading a small form, checking its token, giving the browser its secret."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from taper_app.ui.server import cookies
from taper_app.ui.server.html import refused_page

MOST_BYTES = 16_384
_FORM_TYPE = "application/x-www-form-urlencoded"


class FormRefused(Exception):
    """The form cannot be read or is not this browser's own; ``response`` says what to do."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__("form refused")


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a POST. Raises FormRefused for a wrong type, too much of it, or a token that does not match."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        raise FormRefused(refused_page("Not accepted", "Only Taper's own forms are read here.", status=415))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FormRefused(refused_page("Too long", "The form is too long; shorten what was typed.", status=413))
    fields = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=20))
    if not cookies.form_token_matches(request, fields.get("form_token", "")):
        raise FormRefused(
            refused_page(
                "Please try again",
                "This form was opened too long ago or in another browser, so nothing was changed. Open it again.",
                status=403,
            )
        )
    return fields


def with_form_cookie(request: Request, response: Response, secret: str) -> Response:
    """Give the browser the secret behind the form it is shown, unless it has that one already."""
    if request.cookies.get(cookies.FORM) != secret:
        cookies.set_cookie(response, cookies.FORM, secret)
    return response


def go_to(path: str) -> Response:
    """The answer to a form that was accepted: fetch this page next."""
    return RedirectResponse(path, status_code=303)
