"""Whole numbers in place of decimals: one unit is 0.0001 of a milligram, a per cent, a piece or a millilitre.

Nothing that a plan may give or print is finer, so doses, counts and figures are added and compared as integers.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.quantities import TENTH_MCG_PER_MG

#: A whole number where it is one, else the exact fraction; never divided with ``/``, which would make a float.
Exact = int | Fraction

#: So many units make 1 mg, 1 %, 1 piece or 1 mL.
PER_ONE = TENTH_MCG_PER_MG
PER_TENTH = PER_ONE // 10


def exact_units(number: Decimal) -> Fraction:
    """A number of the protocol files in units."""
    return Fraction(number) * PER_ONE


def simplest(number: Exact) -> Exact:
    """The same number as an integer where it is whole: integers are compared and added much faster."""
    return number.numerator if number.denominator == 1 else number


def half_even(numerator: int, denominator: int) -> int:
    """The nearest whole number of a fraction whose denominator is above zero, ties to the even one."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole & 1))


def percent_figure(part: Exact, whole: Exact) -> int:
    """``part`` in percent of ``whole``, rounded to one decimal as plans print it, in units."""
    above, below = part.numerator * whole.denominator, part.denominator * whole.numerator
    return half_even(1000 * above, below) * PER_TENTH
