"""Unexpected errors: a short reference on the screen, the traceback in the log, and no value of a patient in either.

An exception's text can quote what was typed, so only its type and the lines of code it passed through are logged.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from taper_app.clinical.errors import TaperError

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are mistaken for another
_log = logging.getLogger("taper_app")

NEXT_STEP = (
    "What was saved before is safe. Reload the page and look whether your last entry is there; if the message "
    "comes back, chart on paper and give this reference to whoever looks after Taper."
)


def new_reference() -> str:
    """Eight letters and digits in two groups, easy to read out over a telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))


def log_unexpected(error: BaseException) -> str:
    """Write the traceback to the log without the exception's text. Returns the reference it is found by."""
    reference = new_reference()
    _log.error("Unexpected error, reference %s\n%s", reference, traceback_without_values(error))
    return reference


def traceback_without_values(error: BaseException) -> str:
    """File, line and function of each frame and the types of the chain of exceptions, innermost cause first."""
    parts: list[str] = []
    for link in reversed(list(_chain(error))):
        parts.append("".join(traceback.format_tb(link.__traceback__)))
        parts.append(f"{type(link).__module__}.{type(link).__qualname__}\n")
    return "".join(parts)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def show_script_error(error: Exception) -> bool:
    """Streamlit's handler for whatever a page, fragment or callback let escape. True: Streamlit shows nothing more.

    A refusal (TaperError) that nobody caught is still shown with its next step, and is no bug.
    """
    import streamlit as st

    if isinstance(error, TaperError):
        st.error(f"{error} {error.next_step}".strip())
        return True
    reference = log_unexpected(error)
    st.error(f"Something went wrong that should not have. Reference **{reference}**. {NEXT_STEP}")
    return True


class _ReportedAlready(logging.Filter):
    """Drops Streamlit's own report of an escaped exception: ours, with the reference, says the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.getMessage() != "Uncaught app execution"


def _without_values(factory: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = traceback_without_values(record.exc_info[1])
            record.exc_info = None
        return record

    return make


def keep_values_out_of_logs() -> None:
    """From now on no traceback in any log of this process quotes a value; safe to call more than once."""
    factory = logging.getLogRecordFactory()
    if getattr(factory, "__qualname__", "").startswith("_without_values"):
        return
    logging.setLogRecordFactory(_without_values(factory))
    logging.getLogger("streamlit.error_util").addFilter(_ReportedAlready())
    if not _log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        _log.addHandler(handler)
