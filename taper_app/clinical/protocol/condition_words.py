"""A condition in words: ``pulse at least 131 and at most 139``. For pages, for reasons, for what a site has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taper_app.clinical.protocol.conditions import (
    AllOf,
    AnyFired,
    AnyOf,
    Condition,
    CountOf,
    EventTest,
    FactTest,
    LevelTest,
    NoneFired,
    NoneOf,
    RiseTest,
)
from taper_app.clinical.quantities import plain

_ENDS: Mapping[str, str] = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}
_FACTS: Mapping[str, str] = {
    "acvpu": "ACVPU",
    "asq_any_yes": "a yes to one of ASQ questions 1 to 4",
    "asq_q5": "ASQ question 5",
    "asq_refused": "ASQ refused",
    "cam_icu": "CAM-ICU",
    "ciwa_b": "CIWA-B",
    "ciwa_b_least": "CIWA-B, least possible total,",
    "ciwa_b_total": "complete CIWA-B",
    "four_at_least": "4AT, least possible total,",
    "glucose_mmol_l": "glucose in mmol/L",
    "magnesium_mmol_l": "magnesium in mmol/L",
    "news2": "NEWS2",
    "news2_highest_part": "highest part of NEWS2",
    "news2_least": "NEWS2, least possible total,",
    "news2_total": "complete NEWS2",
    "not_done_reason": "reason why the set was not done",
    "overdue_minutes": "minutes overdue",
    "overdue_percent_of_interval": "overdue in percent of the interval",
    "phq9_item9_unscreened": "PHQ-9 item 9 without a screen since",
    "poss": "POSS",
    "potassium_mmol_l": "potassium in mmol/L",
    "prn_24h": "doses as needed in 24 h",
    "prn_days_running": "days running with a dose as needed",
    "qtc_ms": "QTc in ms",
    "rass": "RASS",
    "rass_changed": "RASS has changed",
    "sodium_mmol_l": "sodium in mmol/L",
    "spo2": "SpO2",
    "spo2_below_target": "SpO2 below the ordered target",
    "spo2_scale_1": "SpO2 on scale 1",
    "spo2_scale_2": "SpO2 on scale 2",
    "suicidal_thoughts_unscreened": "suicidal thoughts without a screen since",
    "suicide_screen_done": "suicide screen answered",
    "temperature_c": "temperature in °C",
    "vomited_doses_24h": "doses vomited in 24 h",
    "withheld_or_missed_24h": "doses withheld, refused or missed in 24 h",
}


def fact_in_words(name: str) -> str:
    """How a fact is called on a screen."""
    if name in _FACTS:
        return _FACTS[name]
    if name.startswith("cssrs_"):
        return f"C-SSRS {name.removeprefix('cssrs_').replace('_', ' ')}"
    return name.replace("_", " ")


def condition_in_words(condition: Condition) -> str:
    """The whole condition as one phrase."""
    match condition:
        case FactTest():
            return f"{fact_in_words(condition.fact)} {test_in_words(condition)}"
        case EventTest():
            return _event(condition)
        case RiseTest():
            within = "" if condition.within_hours is None else f" within {plain(condition.within_hours)} h"
            return f"{fact_in_words(condition.rise_of)} risen by {condition.at_least} or more{within}"
        case AnyFired():
            return f"one of {', '.join(condition.any_fired)} fires"
        case NoneFired():
            return f"none of {', '.join(condition.none_fired)} fires"
        case LevelTest():
            return f"a finding of level {condition.level_at_least} or more within {plain(condition.within_hours)} h"
        case AllOf():
            return _joined(condition.all_, " and ")
        case AnyOf():
            return _joined(condition.any_, " or ")
        case NoneOf():
            return f"not ({_joined(condition.none_, ' or ')})"
        case CountOf():
            return f"{condition.count_at_least} or more of ({', '.join(map(condition_in_words, condition.of))})"


def test_in_words(test: FactTest) -> str:
    """What a fact is compared with: ``at least 131 and at most 139``, ``is yes, or not assessed``."""
    if test.not_assessed:
        return "not assessed"
    if test.is_numeric:
        compared = " and ".join(f"{_ENDS[end]} {plain(number)}" for end, number in test.bounds.items())
    else:
        compared = f"is {' or '.join(_word(word) for word in sorted(test.words, key=str))}"
    before = "" if test.also_within_hours is None else f", now or within {plain(test.also_within_hours)} h"
    return f"{compared}{before}{', or not assessed' if test.if_not_assessed == 'counts' else ''}"


def _word(word: bool | str) -> str:
    return {True: "yes", False: "no"}[word] if isinstance(word, bool) else word


def _event(test: EventTest) -> str:
    count = "" if test.at_least == 1 else f"{test.at_least} or more times "
    kind = test.event.replace("_", " ")
    when = "in this set" if test.within_hours is None else f"within {plain(test.within_hours)} h"
    where = f" with {condition_in_words(test.where)}" if test.where is not None else ""
    return f"{count}{kind} {when}{where}"


def _joined(parts: Iterable[Condition], word: str) -> str:
    said = [
        f"({condition_in_words(part)})" if isinstance(part, (AllOf, AnyOf)) else condition_in_words(part)
        for part in parts
    ]
    return word.join(said)
