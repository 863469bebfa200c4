"""What a scale says, in words: so far, last time, and in the list of entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import ItemScore
from taper_app.clinical.charting.screens import ScreenScore
from taper_app.clinical.charting.set_scales import PLACES, Scores, score_of
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.records import RecordId
from taper_app.ui.components.chart_values import LastValue
from taper_app.use_cases.chart import Chart, ChartedSet

_WEEK = timedelta(days=7)
_SETS_LOOKED_AT = 60
NOT_ASKED = "not asked yet"


def so_far(scale: Scale, score: ItemScore | ScreenScore | None) -> str:
    """``3 of 9 done: 4 to 22``; a total with its band, or the outcome of a screen, only when all is done."""
    if isinstance(score, ScreenScore):
        return _screen_so_far(scale, score)
    if score is None or len(score.missing) == len(scale.items_of_total):
        return NOT_ASKED
    items = len(scale.items_of_total)
    count = f"{items - len(score.missing)} of {items} done: " if items > 1 else ""
    return f"{count}{score_words(score)}"


def _screen_so_far(scale: Scale, score: ScreenScore) -> str:
    always = [question for question in scale.questions if not question.asked_after_yes]
    if not score.complete and all(question.id in score.missing for question in always):
        return NOT_ASKED
    return score_words(score)


def score_words(score: ItemScore | ScreenScore) -> str:
    """``12, moderate``, or what is possible while something is missing."""
    if isinstance(score, ScreenScore):
        return score.outcome or f"incomplete: at least {score.least}, at most {score.most}"
    if not score.complete:
        return f"{score.least} to {score.most}"
    return f"{score.total}, {score.band}" if score.band else str(score.total)


def last_score(chart: Chart, scale: Scale, leave_out: RecordId | None = None) -> LastValue | None:
    """The newest score of a scale, and when; of another wording of the form there is none to compare with."""
    charted = last_charted(chart, scale, leave_out)
    if charted is None or not _is_same_form(scale, charted.observation):
        return None
    score = score_of(scale, PLACES[scale.id].given(charted.observation))
    return LastValue(score_words(score), charted.at) if score else None


def last_charted(chart: Chart, scale: Scale, leave_out: RecordId | None = None) -> ChartedSet | None:
    """The newest set in which something of the scale was answered, or refused."""
    given = PLACES[scale.id].given
    newest_first = list(reversed(chart.sets))[:_SETS_LOOKED_AT]
    return next((found for found in newest_first if given(found.observation) and found.record.id != leave_out), None)


def _is_same_form(scale: Scale, observation: Observation) -> bool:
    return scale.id != "ciwa-b" or observation.ciwa_b_form in (None, scale.form)


def not_again_before(chart: Chart, scale: Scale, leave_out: RecordId | None = None) -> date | None:
    """The day from which an at most weekly scale may be asked again; None when it may be asked today."""
    charted = last_charted(chart, scale, leave_out) if scale.is_at_most_weekly else None
    if charted is None:
        return None
    again_on = charted.at.astimezone(chart.zone).date() + _WEEK
    return again_on if again_on > chart.today else None


def charted_words(observation: Observation, scores: Scores | None) -> Iterator[str]:
    """The scales of a set beside NEWS2 and CIWA-B, for the list of entries."""
    if observation.poss is not None:
        yield f"POSS {observation.poss}"
    found: dict[str, tuple[object, ItemScore | ScreenScore | None]] = {
        "4AT": (observation.four_at, scores.four_at if scores else None),
        "ASQ": (observation.asq, scores.asq if scores else None),
        "C-SSRS": (observation.cssrs, scores.cssrs if scores else None),
        "PHQ-9": (observation.phq9, scores.phq9 if scores else None),
        "GAD-7": (observation.gad7, scores.gad7 if scores else None),
    }
    for short, (given, score) in found.items():
        if given == "refused":
            yield f"{short} refused"
        elif given is not None:
            yield f"{short} {score_words(score)}" if score else short
    count = observation.signs.catatonia_signs if observation.signs else None
    if count is not None:
        yield f"catatonia signs {count}"
