"""The few pages outside Streamlit: plain HTML that works on a phone, in the dark, and without any script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse, Response

from taper_app.clinical.errors import Fault
from taper_app.ui.server.unexpected import NEXT_STEP

ASSETS = "/taper-assets"


def page(title: str, main: str, *, status: int = 200) -> HTMLResponse:
    """A whole page. ``main`` is markup, already escaped."""
    document = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Taper</title>
<link rel="icon" type="image/png" href="{ASSETS}/page_icon.png">
<link rel="stylesheet" href="{ASSETS}/taper.css">
</head>
<body>
<main>
<p class="brand"><img src="{ASSETS}/page_icon.png" alt="" width="32" height="32"> Taper</p>
<h1>{escape(title)}</h1>
{main}
</main>
</body>
</html>"""
    # With "no-referrer" a browser would send "Origin: null" with our own forms.
    return HTMLResponse(document, status_code=status, headers={"Referrer-Policy": "same-origin"})


def text(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def form(action: str, token: str, fields: str, button: str, *, quiet: bool = False) -> str:
    """A POST form with its token. ``fields`` is markup."""
    kind = ' class="quiet"' if quiet else ""
    return (
        f'<form method="post" action="{escape(action)}" novalidate>'
        f'<input type="hidden" name="form_token" value="{escape(token)}">{fields}'
        f"<button{kind}>{escape(button)}</button></form>"
    )


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def field(
    name: str,
    label: str,
    *,
    value: str = "",
    password: bool = False,
    autocomplete: str,
    hint: str = "",
    faults: Sequence[Fault] = (),
    autofocus: bool = False,
) -> str:
    """A labelled input; its hint and its faults are tied to it for screen readers."""
    mine = [fault.message for fault in faults if fault.field == name]
    autofocus = autofocus or (bool(faults) and faults[0].field == name)
    described = [f"{name}-hint"] * bool(hint) + [f"{name}-fault"] * bool(mine)
    attributes = {
        "id": name,
        "name": name,
        "type": "password" if password else "text",
        "autocomplete": autocomplete,
        "required": "",
        "value": "" if password else value,
        "aria-describedby": " ".join(described),
        "aria-invalid": "true" if mine else "",
        "spellcheck": "false",
        "autocapitalize": "none" if autocomplete != "name" else "words",
    }
    return (
        f'<div class="field"><label for="{escape(name)}">{escape(label)}</label>'
        + (f'<p class="hint" id="{name}-hint">{escape(hint)}</p>' if hint else "")
        + (f'<p class="fault" id="{name}-fault">{escape(" ".join(mine))}</p>' if mine else "")
        + f"<input{_attributes(attributes)}{' autofocus' if autofocus else ''}></div>"
    )


def fault_summary(messages: Iterable[str]) -> str:
    """What is wrong, on top and announced at once; empty when nothing is."""
    items = [f"<li>{escape(message)}</li>" for message in messages]
    if not items:
        return ""
    return f'<div class="faults" role="alert"><ul>{"".join(items)}</ul></div>'


def fault_count(faults: Sequence[Fault]) -> str:
    """Says how many entries need correcting; each fault itself stands at its field."""
    fields = {fault.field for fault in faults}
    if not fields:
        return ""
    entries = "1 entry needs" if len(fields) == 1 else f"{len(fields)} entries need"
    return f'<p class="faults" role="alert">Nothing was stored yet: {entries} correcting.</p>'


def notice(sentence: str) -> str:
    return f'<p class="notice" role="status">{escape(sentence)}</p>'


def _attributes(values: Mapping[str, str]) -> str:
    kept = {name: value for name, value in values.items() if value or name in ("value", "required")}
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def unexpected_page(reference: str) -> Response:
    return page(
        "Something went wrong",
        f"<p>This should not have happened. Reference <strong>{escape(reference)}</strong>.</p>" + text(NEXT_STEP),
        status=500,
    )


def refused_page(title: str, sentence: str, *, status: int) -> Response:
    return page(title, text(sentence) + '<p><a href="/">Go to Taper</a></p>', status=status)
