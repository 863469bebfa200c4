"""Which scales have a place in an observation set, what was answered of each, and all their scores.

Pure arithmetic on the scale files; no score picks a dose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.observation import Asq, CiwaB, Cssrs, FourAt, Observation
from taper_app.clinical.charting.scores import (
    ItemScore,
    News2Score,
    ciwa_b,
    items_score,
    news2,
    news2_not_valid,
)
from taper_app.clinical.charting.screens import NO, YES, ScreenScore, refused_screen, screen_score
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.records import Frozen

REFUSED: Final = "refused"
Answers = Mapping[str, Any]
#: Answers by item id; ``refused``; or None: nobody asked.
Given = Answers | str | None


@dataclass(frozen=True, slots=True)
class Place:
    """The field of the set that holds a scale, the items it has room for, and how they are read from it."""

    field: str
    items: tuple[str, ...]
    given: Callable[[Observation], Given]


class Scores(Frozen):
    """Every score of one set. NEWS2 and CIWA-B always stand here, incomplete or not; the others when charted."""

    news2: News2Score
    ciwa_b: ItemScore
    four_at: ItemScore | None = None
    asq: ScreenScore | None = None
    cssrs: ScreenScore | None = None
    phq9: ItemScore | None = None
    gad7: ItemScore | None = None
    catatonia: ItemScore | None = None


def _ciwa_b(observation: Observation) -> Given:
    return observation.ciwa_b.scores() if observation.ciwa_b else None


def _four_at(observation: Observation) -> Given:
    return _filled(dict(observation.four_at)) if observation.four_at else None


def _asq(observation: Observation) -> Given:
    asq = observation.asq
    if not isinstance(asq, Asq):
        return asq
    return {name: answer.value for name, answer in asq if answer is not Answer.NOT_ASSESSED}


def _cssrs(observation: Observation) -> Given:
    cssrs = observation.cssrs
    if not isinstance(cssrs, Cssrs):
        return cssrs
    return {name: YES if answer else NO for name, answer in cssrs if answer is not None}


def _numbered(answers: tuple[int | None, ...] | None) -> Given:
    if answers is None:
        return None
    return _filled({str(number): answer for number, answer in enumerate(answers, 1)})


def _catatonia(observation: Observation) -> Given:
    count = observation.signs.catatonia_signs if observation.signs else None
    return None if count is None else {"catatonia_signs": count}


def _filled(answers: Answers) -> Answers:
    return {name: value for name, value in answers.items() if value is not None}


def _up_to(number: int) -> tuple[str, ...]:
    return tuple(str(item) for item in range(1, number + 1))


_CIWA_B_ITEMS = tuple(str(field.alias) for field in CiwaB.model_fields.values())
_NEWS2_ITEMS = (
    "respiratory_rate",
    "spo2_scale_1",
    "spo2_scale_2_air",
    "spo2_scale_2_oxygen",
    "oxygen",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
)

#: By scale id. NEWS2 is worked out of the vital signs, RASS and POSS are one answer without a total.
PLACES: Mapping[str, Place] = {
    "news2": Place("vitals", _NEWS2_ITEMS, lambda observation: None),
    "ciwa-b": Place("ciwa_b", _CIWA_B_ITEMS, _ciwa_b),
    "rass": Place("rass", ("rass",), lambda observation: _alone("rass", observation.rass)),
    "poss": Place("poss", ("poss",), lambda observation: _alone("poss", observation.poss)),
    "four-at": Place("four_at", tuple(FourAt.model_fields), _four_at),
    "asq": Place("asq", tuple(Asq.model_fields), _asq),
    "c-ssrs": Place("cssrs", tuple(Cssrs.model_fields), _cssrs),
    "phq-9": Place("phq9", _up_to(9), lambda observation: _numbered(observation.phq9)),
    "gad-7": Place("gad7", _up_to(7), lambda observation: _numbered(observation.gad7)),
    "catatonia": Place("catatonia", ("catatonia_signs",), _catatonia),
}
_BESIDE = ("four-at", "asq", "c-ssrs", "phq-9", "gad-7", "catatonia")


def charted_scales(observation: Observation) -> tuple[str, ...]:
    """The scales of which something was answered, or refused; NEWS2 with any vital sign."""
    answered = [name for name, place in PLACES.items() if place.given(observation)]
    return tuple(["news2", *answered] if observation.vitals else answered)


def _alone(item: str, value: object) -> Given:
    return None if value is None else {item: value}


def score_of(scale: Scale, given: Given) -> ItemScore | ScreenScore | None:
    """The score of a scale's answers: a total, or the outcome of a screen. None: not asked, or refused."""
    if given is None:
        return None
    if scale.outcomes is not None:
        return refused_screen(scale) if isinstance(given, str) else screen_score(scale, given)
    return None if isinstance(given, str) else items_score(scale, given)


def beside_news2_and_ciwa_b(observation: Observation, scales: Mapping[str, Scale]) -> dict[str, Any]:
    """The scores of the other scales, by the name that they have in the answer."""
    return {
        PLACES[name].field: score_of(scales[name], PLACES[name].given(observation))
        for name in _BESIDE
        if name in scales
    }


def scores_of_set(
    observation: Observation, spo2_scale: int, scales: Mapping[str, Scale], *, news2_is_valid: bool = True
) -> Scores:
    """Every score of one set; ``spo2_scale`` 1 or 2, as the patient's facts say."""
    return Scores(
        news2=news2(observation.vitals, spo2_scale, scales["news2"]) if news2_is_valid else news2_not_valid(),
        ciwa_b=ciwa_b(observation.ciwa_b, scales["ciwa-b"]),
        **beside_news2_and_ciwa_b(observation, scales),
    )
