"""Amounts of a medicine: exact, in one unit, never a float.

The unit inside is the tenth of a microgram (0.0001 mg), so that half of a 0.125 mg tablet
(0.0625 mg) is a whole number. Every dose that is parsed or shown anywhere passes through here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated, Any, NewType

from pydantic import BeforeValidator, PlainSerializer

from taper_app.clinical.errors import TaperError

MedicineId = NewType("MedicineId", str)
ProductId = NewType("ProductId", str)

TENTH_MCG_PER_MG = 10_000
#: More than this at one time is a slip of the keyboard, whatever the medicine (an input limit, not a clinical one).
LARGEST_INPUT_MG = Decimal(1000)

#: A number with more digits before or after its point is a slip (an input limit).
MOST_DIGITS = 1000

_PLAIN_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?", re.ASCII)
_SPACES = " \t\r\n\u00a0\u2007\u202f"


class DifferentMedicines(TaperError):
    """Milligrams of two medicines never add."""

    next_step = "Compare them as diazepam equivalents, with the table named."

    def __init__(self, one: MedicineId, other: MedicineId) -> None:
        super().__init__(f"Milligrams of {one} and of {other} cannot be added or compared.")


def parse_plain_number(text: object) -> Decimal:
    """The exact number written as ``0.5`` or ``12``; raises ValueError with a sentence for anything else.

    Surrounding spaces and no-break spaces are trimmed. A sign, an exponent, a comma, a leading or
    trailing zero, a missing digit beside the point and digits of other scripts are refused. An exact
    JSON integer or Decimal is accepted; a float is not, because it may hide a binary fraction.
    """
    if isinstance(text, bool) or text is None:
        raise ValueError("Write a number such as 0.5.")
    if isinstance(text, (int, Decimal)):
        text = _written_out(Decimal(text))
    if not isinstance(text, str):
        raise ValueError('Write the number as text, such as "0.5".')
    trimmed = text.strip(_SPACES)
    if not _PLAIN_NUMBER.fullmatch(trimmed):
        raise ValueError(f"Write the number like 0.5 or 12: digits and at most one point, not {_quoted(trimmed)}.")
    return Decimal(trimmed)


def _written_out(number: Decimal) -> str:
    """Without an exponent or trailing zeros; raises ValueError for one that would fill pages (``1E+999999``)."""
    if number.is_finite() and abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(f"Write the number like 0.5 or 12, with at most {MOST_DIGITS} digits.")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_percent(text: object) -> Decimal:
    """A percentage, exact to 0.0001; raises ValueError with a sentence."""
    percent = parse_plain_number(text)
    if Fraction(percent) * 10_000 % 1:
        raise ValueError(f"{_short(plain(percent))} % is finer than 0.0001 %; write fewer decimals.")
    return percent


def parse_mg(text: object) -> Decimal:
    """A dose in milligrams, exact to 0.0001 mg and at most 1000 mg; raises ValueError with a sentence."""
    mg = parse_exact_mg(text)
    if mg > LARGEST_INPUT_MG:
        raise ValueError(f"{_short(plain(mg))} mg is more than 1000 mg; check the unit and the point.")
    return mg


def parse_exact_mg(text: object) -> Decimal:
    """Milligrams exact to 0.0001 mg, however many: for sums and equivalents, which are worked out, not typed."""
    mg = parse_plain_number(text)
    if int(mg.as_tuple().exponent) < -4:
        raise ValueError(f"{_short(plain(mg))} mg is finer than 0.0001 mg; write a dose that can be measured.")
    return mg


def _quoted(text: str) -> str:
    return f'"{_short(text)}"'


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:20] + "…"


def plain(number: Decimal | int | Fraction) -> str:
    """The number as ISMP wants it printed: leading zero, no trailing zero, no exponent (``0.5``, ``1``, ``12.5``)."""
    if isinstance(number, Fraction):
        number = Decimal(number.numerator) / Decimal(number.denominator)
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def rounded(number: Fraction | Decimal | int, places: int) -> Decimal:
    """Half to even at ``places`` decimals, worked on the exact fraction."""
    scaled = Fraction(number) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    if twice > scaled.denominator or (twice == scaled.denominator and whole % 2 == 1):
        whole += 1
    return Decimal(whole).scaleb(-places)


def percent_text(number: Fraction | Decimal | int) -> str:
    """A percentage with at most one decimal, half to even: ``6.2`` for 6.25, ``25`` for 25."""
    return plain(rounded(number, 1))


def mg_text(mg: Decimal | Fraction | int) -> str:
    """``0.5 mg``: the one formatter of doses for screens, prints and exports."""
    return f"{plain(mg)} mg"


#: A JSON field holding milligrams: a plain string in and out, a Decimal inside.
Milligrams = Annotated[Decimal, BeforeValidator(parse_mg), PlainSerializer(plain, return_type=str)]
#: A JSON field holding a sum or an equivalent in milligrams; the input limit of one dose does not bind it.
WorkedOutMilligrams = Annotated[Decimal, BeforeValidator(parse_exact_mg), PlainSerializer(plain, return_type=str)]
#: A JSON field holding any exact plain number (a percentage, a count of pieces).
PlainNumber = Annotated[Decimal, BeforeValidator(parse_plain_number), PlainSerializer(plain, return_type=str)]
#: A JSON field holding a percentage that somebody typed.
Percent = Annotated[Decimal, BeforeValidator(parse_percent), PlainSerializer(plain, return_type=str)]


@dataclass(frozen=True, slots=True, order=False)
class Dose:
    """An amount of one medicine, a whole number of 0.0001 mg."""

    medicine: MedicineId
    tenth_mcg: int

    def __post_init__(self) -> None:
        if isinstance(self.tenth_mcg, bool) or not isinstance(self.tenth_mcg, int) or self.tenth_mcg < 0:
            raise ValueError("A dose is a whole number of 0.0001 mg, zero or more.")

    @classmethod
    def of_mg(cls, medicine: MedicineId, mg: Decimal | int | str) -> Dose:
        return cls(medicine, tenth_mcg_of(parse_mg(mg)))

    @property
    def mg(self) -> Decimal:
        return mg_of(self.tenth_mcg)

    def __add__(self, other: Dose) -> Dose:
        self._same_medicine(other)
        return Dose(self.medicine, self.tenth_mcg + other.tenth_mcg)

    def __lt__(self, other: Dose) -> bool:
        self._same_medicine(other)
        return self.tenth_mcg < other.tenth_mcg

    def __le__(self, other: Dose) -> bool:
        self._same_medicine(other)
        return self.tenth_mcg <= other.tenth_mcg

    def __str__(self) -> str:
        return mg_text(self.mg)

    def _same_medicine(self, other: Dose) -> None:
        if other.medicine != self.medicine:
            raise DifferentMedicines(self.medicine, other.medicine)


def tenth_mcg_of(mg: Decimal) -> int:
    """Milligrams as whole tenths of a microgram; raises ValueError when the dose is finer than that."""
    scaled = mg * TENTH_MCG_PER_MG
    whole = int(scaled)
    if scaled != whole:
        raise ValueError(f"{plain(mg)} mg is finer than 0.0001 mg.")
    return whole


def mg_of(tenth_mcg: int) -> Decimal:
    return Decimal(tenth_mcg).scaleb(-4)


def pieces_text(count: Decimal, form: str) -> str:
    """How many pieces, in words for fractions (ISMP): ``half a tablet``, ``1 tablet``, ``1 and a half tablets``."""
    whole = int(count)
    part = count - whole
    words = {Decimal("0.5"): "half", Decimal("0.25"): "quarter", Decimal("0.75"): "three quarters"}
    if part == 0:
        return f"{whole} {form}" if whole == 1 else f"{whole} {form}s"
    if part not in words:
        return f"{plain(count)} {form}"
    if whole == 0:
        return {"half": f"half a {form}", "quarter": f"a quarter of a {form}"}.get(
            words[part], f"three quarters of a {form}"
        )
    article = "" if part == Decimal("0.75") else "a "
    return f"{whole} and {article}{words[part]} {form}s"


def half_even(mg: Decimal) -> Decimal:
    """A computed dose rounded to 0.0001 mg, half to even (only for figures that are shown, never given)."""
    return mg.quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)


def is_dose_field(value: Any) -> bool:
    """Whether a value would pass as a dose (for forms that mark a field before it is sent)."""
    try:
        parse_mg(value)
    except ValueError:
        return False
    return True
