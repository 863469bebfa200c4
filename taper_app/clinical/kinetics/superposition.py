"""Doses added up: the level at any time is the sum of what each dose has left, worked out a day at a time.

Each exponential of a chain is carried from midnight to midnight (a level at midnight fades by ``exp(-24 rate)`` and
gains what that day's doses have left); within a day every time is one product of matrices. That is exact: no step of
time is taken anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from taper_app.clinical.kinetics.chains import Chain
from taper_app.clinical.kinetics.taken import MINUTES_A_DAY, Taken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HOURS = 24.0
#: Smaller parts of a level are nothing: the product of two of them would be too small for a float, and slow.
_NOTHING = 1e-150
#: Chains whose levels are worked out together, so that they stay in the processor's cache.
_TOGETHER = 8


def band_of(chains: Sequence[Chain], doses: Taken, times: Floats | None) -> tuple[Floats, Floats]:
    """The least and the greatest level over the chains, each of shape (days, times).

    ``times`` are hours after midnight; None asks for the mean of each day, of shape (days, 1). A level is given as the
    milligrams a day that would hold it as their mean at steady state.
    """
    import numpy as np

    lows, highs = [], []
    for levels in _levels(chains, doses, times):
        lows.append(levels.min(axis=0))
        highs.append(levels.max(axis=0))
    return np.minimum.reduce(lows), np.maximum.reduce(highs)


def levels_of(chains: Sequence[Chain], doses: Taken, times: Floats | None) -> Floats:
    """The level of every chain, of shape (chains, days, times); see ``band_of``."""
    import numpy as np

    return np.concatenate(list(_levels(chains, doses, times)))


def _levels(chains: Sequence[Chain], doses: Taken, times: Floats | None) -> Iterator[Floats]:
    """Levels of some chains after the other."""
    import numpy as np

    parts = np.array([[part for part, _rate in chain.modes] for chain in chains])
    rates = np.array([[rate for _part, rate in chain.modes] for chain in chains])
    slots = np.array(doses.minutes, dtype=float) * (_HOURS / MINUTES_A_DAY)
    mg = np.array(doses.days, dtype=float).reshape(len(doses.days), len(slots))
    at_midnight = _at_midnight(rates, slots, mg, np.array(doses.before, dtype=float))
    fading, arising = _mean_of_day(rates, slots) if times is None else _at_times(rates, slots, times)
    # Of each chain: (days, modes) times (modes, times), and (days, doses) times (doses, times).
    fading = _HOURS * parts[:, :, None] * fading
    arising = _HOURS * np.einsum("cm,cmst->cst", parts, arising)
    for first in range(0, len(chains), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        yield np.matmul(at_midnight[some], fading[some]) + np.matmul(mg, arising[some])


def _at_midnight(rates: Floats, slots: Floats, mg: Floats, before: Floats) -> Floats:
    """What of each exponential is there as each day begins: (chains, days, modes)."""
    import numpy as np

    fade = np.exp(-_HOURS * rates)
    left_of_dose = np.exp(-rates * (_HOURS - slots)[:, None, None])
    gained = np.tensordot(mg, left_of_dose, axes=1)
    states = np.empty((len(mg), *rates.shape))
    # At steady state a day's fading takes what the day's doses leave.
    state = np.tensordot(before, left_of_dose, axes=1) / -np.expm1(-_HOURS * rates)
    for day in range(len(mg)):
        states[day] = state
        state = state * fade + gained[day]
    return _without_traces(np.ascontiguousarray(states.transpose(1, 0, 2)))


def _at_times(rates: Floats, slots: Floats, times: Floats) -> tuple[Floats, Floats]:
    """(chains, modes, times) of what was there at midnight, (chains, modes, slots, times) of each dose of the day."""
    import numpy as np

    since = times[None, :] - slots[:, None]
    is_taken = since >= 0
    arising = np.exp(-rates[:, :, None, None] * np.where(is_taken, since, 0.0)) * is_taken
    return _without_traces(np.exp(-rates[:, :, None] * times)), _without_traces(arising)


def _mean_of_day(rates: Floats, slots: Floats) -> tuple[Floats, Floats]:
    """The same, as means over the day: the integrals of the exponentials."""
    import numpy as np

    def mean(hours: Floats) -> Floats:
        each = rates[:, :, None]
        integral: Floats = -np.expm1(-each * hours) / each / _HOURS
        return integral

    return mean(np.array([_HOURS])), mean(_HOURS - slots)[:, :, :, None]


def _without_traces(levels: Floats) -> Floats:
    levels[levels < _NOTHING] = 0.0
    return levels
