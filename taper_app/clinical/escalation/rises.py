"""By how much a score has risen since an earlier set: what is certain, and what is possible.

Only what is certain fires a rule; a partial set can hide a rise, never make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taper_app.clinical.escalation.outcomes import NO, YES, Outcome, any_of
from taper_app.clinical.escalation.situation import ScoredSet, Situation
from taper_app.clinical.protocol.conditions import RiseTest
from taper_app.clinical.protocol.fact_names import FACTS


@dataclass(frozen=True, slots=True)
class Rise:
    """From one earlier set to this one. ``missing``: the inputs of this set that are blank."""

    since: ScoredSet
    least: int
    most: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rises:
    """The rises that count; when there is nothing to compare with, ``unknown`` says what is missing."""

    found: Sequence[Rise]
    unknown: tuple[str, ...] = ()


def rises_of(situation: Situation, test: RiseTest) -> Rises:
    """The rises of the score that the test names, within its hours."""
    return _news2(situation, test) if test.rise_of == "news2" else _ciwa_b(situation, test)


def certainly_rises(test: RiseTest, rises: Rises) -> Outcome:
    """Whether one of the rises reaches the test."""
    if rises.unknown:
        return (None, rises.unknown)
    return any_of(_reaches(test, rise) for rise in rises.found)


def _reaches(test: RiseTest, rise: Rise) -> Outcome:
    if rise.least >= test.at_least:
        return YES
    return NO if rise.most < test.at_least or not rise.missing else (None, rise.missing)


def _news2(situation: Situation, test: RiseTest) -> Rises:
    """Against the last earlier set with a complete NEWS2, from the least that this set can score."""
    if not situation.news2_is_valid:
        return Rises((), FACTS["news2_least"].inputs)
    last = next((found for found in _window(situation, test) if not found.news2.missing), None)
    if last is None:
        return Rises((), ("history",))
    now = situation.now.news2
    before = last.news2.least
    return Rises((Rise(last, now.least - before, now.most - before, now.missing),))


def _ciwa_b(situation: Situation, test: RiseTest) -> Rises:
    """Against the most that the last set could have scored, and from complete set to complete set.

    Only sets of the same wording are compared.
    """
    now = situation.now
    charted = [
        found
        for found in _window(situation, test)
        if found.observation.ciwa_b is not None and found.ciwa_b_form == now.ciwa_b_form
    ]
    if not charted:
        return Rises((), ("history",))
    missing = tuple(f"ciwa_b.{item}" for item in now.ciwa_b.missing)
    if now.observation.ciwa_b is None:
        missing = ("ciwa_b",)
    last_complete = next((found for found in charted if found.ciwa_b.complete), None)
    against = [charted[0], *([last_complete] if last_complete else [])]
    return Rises(
        tuple(
            Rise(last, now.ciwa_b.least - last.ciwa_b.most, now.ciwa_b.most - last.ciwa_b.least, missing)
            for last in against
        )
    )


def _window(situation: Situation, test: RiseTest) -> Iterable[ScoredSet]:
    """The earlier sets within the test's hours, newest first; without hours all of them."""
    if test.within_hours is None:
        yield from situation.earlier
        return
    for found in situation.earlier:
        if found.hours_ago is None:
            continue
        if found.hours_ago > test.within_hours:
            return
        yield found
