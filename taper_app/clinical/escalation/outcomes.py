"""Logic with three values: yes, no, and not known because something was not charted."""

from __future__ import annotations

from collections.abc import Iterable

#: Yes, no, or None with the inputs that are missing.
Outcome = tuple[bool | None, tuple[str, ...]]
YES: Outcome = (True, ())
NO: Outcome = (False, ())


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The first no decides; nothing after it is looked at."""
    missing: list[str] = []
    known = True
    for truth, lacking in outcomes:
        if truth is False:
            return NO
        if truth is None:
            known = False
            missing += lacking
    return YES if known else (None, tuple(dict.fromkeys(missing)))


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The first yes decides; nothing after it is looked at."""
    missing: list[str] = []
    known = True
    for truth, lacking in outcomes:
        if truth:
            return YES
        if truth is None:
            known = False
            missing += lacking
    return NO if known else (None, tuple(dict.fromkeys(missing)))


def opposite(outcome: Outcome) -> Outcome:
    truth, missing = outcome
    return (None if truth is None else not truth, missing)


def at_least(count: int, outcomes: Iterable[Outcome]) -> Outcome:
    found = list(outcomes)
    yes = sum(truth is True for truth, _missing in found)
    unknown = [missing for truth, missing in found if truth is None]
    if yes >= count:
        return YES
    if yes + len(unknown) < count:
        return NO
    return (None, tuple(dict.fromkeys(name for missing in unknown for name in missing)))
