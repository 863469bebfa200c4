"""The kinds of value that an observation holds: exact numbers, answers, moments. None of them has a default but
"not assessed".
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    ValidationInfo,
)

from taper_app.clinical.answers import Answer
from taper_app.clinical.protocol.vital_limits import LIMITS_IN_CONTEXT
from taper_app.clinical.quantities import plain
from taper_app.clinical.typed_text import some_lines

#: Input limits, not clinical ones: what cannot be a slip of the keyboard any more.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_LONGEST_NUMBER = 12
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
DateT = TypeVar("DateT", bound=date)
_SPACES = " \t\r\n\u00a0\u2007\u202f"


def observed_number(value: object) -> object:
    """A measured number, exact: ``"37.0"``, ``4`` or ``Decimal("3.9")``; raises ValueError with a sentence.

    Unlike a dose, a reading keeps the zero that the instrument shows (``37.0``). A float is read as the digits
    that it prints, which are the digits that were typed.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError('Write the number as text, such as "37.5".')
    text = value.strip(_SPACES) if isinstance(value, str) else str(value)
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise ValueError("Write the number like 37.5: digits and at most one point, not negative.")
    return Decimal(text)


def _answer(value: object) -> object:
    return Answer.NOT_ASSESSED if value is None else value


def _positive_or_negative(value: object) -> object:
    """A test's result as an answer: positive is yes, negative is no."""
    results: dict[object, Answer] = {"positive": Answer.YES, "negative": Answer.NO}
    return _true_or_false(results.get(value, value) if isinstance(value, str) else value)


def _true_or_false(value: object) -> object:
    if isinstance(value, bool):
        return Answer.YES if value else Answer.NO
    return _answer(value)


def _written_moment(value: object) -> object:
    if value is not None and not isinstance(value, (str, datetime)):
        raise ValueError("Write the moment like 2026-12-01T08:00:00-05:00.")
    return value


def _written_date(value: object) -> object:
    if value is not None and (isinstance(value, datetime) or not isinstance(value, (str, date))):
        raise ValueError("Write the date like 2026-12-01.")
    return value


def _in_our_years(value: DateT) -> DateT:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"The year {value.year} cannot be right; check the date.")
    return value


def _readable(text: str, info: ValidationInfo) -> str:
    """Judged only where something is typed now (the limits stand in the context): what is stored stays readable."""
    return some_lines(text) if LIMITS_IN_CONTEXT in (info.context or {}) else text


def _poss(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


#: A number with its decimals, as text in JSON.
ObservedNumber = Annotated[Decimal, BeforeValidator(observed_number), PlainSerializer(plain, return_type=str)]
#: Yes, no or not assessed; null and a missing field are "not assessed".
Asked = Annotated[Answer, BeforeValidator(_answer)]
#: The same, for a test whose result may be written positive or negative.
TestResult = Annotated[Answer, BeforeValidator(_positive_or_negative)]
#: The same, for a checklist that may be written true or false.
Completed = Annotated[Answer, BeforeValidator(_true_or_false)]
#: True, false or nobody looked.
Seen = StrictBool | None
#: A count or a whole number that a device shows; None is "not charted".
WholeNumber = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
#: A moment with its offset.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_in_our_years)]
CalendarDay = Annotated[date, BeforeValidator(_written_date), AfterValidator(_in_our_years)]
#: A score of 0 to 4, as CIWA-B items and symptoms are charted.
ZeroToFour = Annotated[StrictInt, Field(ge=0, le=4)]
ZeroToThree = Annotated[StrictInt, Field(ge=0, le=3)]
Poss = Annotated[Literal["S", "1", "2", "3", "4"], BeforeValidator(_poss)]
Acvpu = Literal["A", "C", "V", "P", "U"]
ShortText = Annotated[str, Field(max_length=40)]
#: Free text; emoji and right-to-left marks stay as they were typed, what nobody can see is refused.
Note = Annotated[str, Field(max_length=2000), AfterValidator(_readable)]
