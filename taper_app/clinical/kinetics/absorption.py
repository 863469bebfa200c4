"""From the time of the peak (Tmax) to a rate of absorption."""

from __future__ import annotations

from math import expm1, log, sqrt

#: Halvings of the bracket: 60 leave less than a billionth of it.
_HALVINGS = 60
#: ``exp`` of more overflows; the ratio of the two rates is then beyond anything a body does.
_LARGEST_LOG = 700.0


def absorption_rate(tmax_hours: float, half_life_hours: float) -> float:
    """The rate per hour at which a single dose peaks after ``tmax_hours``.

    Of the two rates a (absorption) and e = ln 2 / half-life, Tmax = ln(a/e) / (a - e), which only falls as a rises:
    there is one solution. With u = ln(a/e) it reads u / (exp(u) - 1) = e Tmax, solved by halving a bracket. Where the
    peak comes later than half-life / ln 2, absorption is the slower of the two, and a comes out below e.
    Raises ValueError for times that are not above zero.
    """
    if not (tmax_hours > 0 and half_life_hours > 0):
        raise ValueError("A time to the peak and a half-life are above zero hours.")
    elimination = log(2) / half_life_hours
    wanted = elimination * tmax_hours
    # u/(exp(u)-1) is above -u, and for positive u below 6/u²: the root lies between.
    low, high = -wanted, min(sqrt(6 / wanted) + 1, _LARGEST_LOG)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _time_to_peak(middle) > wanted:
            low = middle
        else:
            high = middle
    return elimination * (expm1((low + high) / 2) + 1)


def _time_to_peak(log_of_ratio: float) -> float:
    """Tmax times the elimination rate, for u = ln(a/e)."""
    return log_of_ratio / expm1(log_of_ratio) if log_of_ratio else 1.0
