"""The chains that a band is drawn over: Tmax and half-lives from the low to the high end of what a file prints."""

from __future__ import annotations

from dataclasses import dataclass

from taper_app.clinical.kinetics.chains import Chain, chain_of_metabolite, chain_of_parent, spaced
from taper_app.clinical.protocol.medicines import Medicine

#: How many half-lives and times to the peak stand for their range. Within a day a level neither only rises nor only
#: falls with either, so the two ends alone make no band; how far a value between two of these can leave the band is
#: measured by a test (less than one percentage point). Numbers of the computation, not of any source.
_HALF_LIVES, _TMAX = 7, 7
#: A metabolite's level is far smoother than its parent's.
_PARENTS_OF_METABOLITE, _METABOLITE_HALF_LIVES, _TMAX_OF_METABOLITE = 4, 5, 2


@dataclass(frozen=True, slots=True)
class SampledChains:
    """``parent`` and, where the medicine has an active metabolite, ``metabolite`` (else empty)."""

    parent: tuple[Chain, ...]
    metabolite: tuple[Chain, ...]


def sampled_chains(medicine: Medicine) -> SampledChains:
    """Every sampled combination. Raises ValueError when the file lacks a half-life or a time to the peak."""
    if medicine.half_life is None or medicine.absorption is None:
        raise ValueError(f"{medicine.id} has no half-life or no time to the peak.")
    metabolite = medicine.active_metabolite_half_life
    if metabolite is None:
        return SampledChains(_parents(medicine, _HALF_LIVES, _TMAX), ())
    half_lives = spaced(float(metabolite.low_hours), float(metabolite.high_hours), _METABOLITE_HALF_LIVES)
    return SampledChains(
        _parents(medicine, _HALF_LIVES, _TMAX),
        tuple(
            chain_of_metabolite(parent, hours)
            for parent in _parents(medicine, _PARENTS_OF_METABOLITE, _TMAX_OF_METABOLITE)
            for hours in half_lives
        ),
    )


def _parents(medicine: Medicine, half_lives: int, tmax: int) -> tuple[Chain, ...]:
    assert medicine.half_life is not None
    assert medicine.absorption is not None
    hours, peak = medicine.half_life, medicine.absorption
    return tuple(
        chain_of_parent(tmax_hours, half_life)
        for half_life in spaced(float(hours.low_hours), float(hours.high_hours), half_lives)
        for tmax_hours in spaced(float(peak.tmax_low_hours), float(peak.tmax_high_hours), tmax)
    )
