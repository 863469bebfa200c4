"""Facts of the suicide screens, and of what was told beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.observation import Asq, Cssrs, Observation
from taper_app.clinical.charting.scores import asq_any_yes, suicide_screen_answered
from taper_app.clinical.escalation.situation import FactValue, ScoredSet

Facts = dict[str, FactValue]
_CSSRS_QUESTIONS = ("q1", "q2", "q3", "q4", "q5", "q6_ever", "q6_within_3_months")
_AFTER_NO_TO_Q2 = ("q3", "q4", "q5")
_AFTER_NEVER = ("q6_within_3_months",)


def suicide_facts(observation: Observation, earlier: Sequence[ScoredSet]) -> Facts:
    """What ASQ, C-SSRS, item 9 of PHQ-9 and told thoughts say; ``earlier`` is newest first."""
    return {
        **_asq(observation.asq),
        **_cssrs(observation.cssrs if isinstance(observation.cssrs, Cssrs) else Cssrs()),
        "suicide_screen_done": suicide_screen_answered(observation),
        "phq9_item9_unscreened": _item9_unscreened(observation, earlier),
        "suicidal_thoughts_unscreened": _thoughts_unscreened(observation, earlier),
    }


def _asq(asq: Asq | str | None) -> Facts:
    """The fifth question is not asked after four times no, and then counts as no."""
    if not isinstance(asq, Asq):
        return {"asq_refused": None if asq is None else True, "asq_any_yes": None, "asq_q5": None}
    any_yes = asq_any_yes(asq)
    now = None if asq.q5 is Answer.NOT_ASSESSED else asq.q5.value
    return {"asq_refused": False, "asq_any_yes": any_yes, "asq_q5": "no" if now is None and any_yes is False else now}


def _cssrs(screen: Cssrs) -> Facts:
    """Questions 3 to 5 are left out after a no to question 2, and the look-back of 6 after never: both count as no."""
    facts: Facts = {f"cssrs_{question}": getattr(screen, question) for question in _CSSRS_QUESTIONS}
    skipped = [*(_AFTER_NO_TO_Q2 if screen.q2 is False else ()), *(_AFTER_NEVER if screen.q6_ever is False else ())]
    return facts | {f"cssrs_{question}": False for question in skipped if getattr(screen, question) is None}


def _until_last_screen(observation: Observation, earlier: Sequence[ScoredSet]) -> Iterable[Observation]:
    """The sets, newest first, that no answered screen has followed or accompanied."""
    for found in (observation, *(scored.observation for scored in earlier)):
        if suicide_screen_answered(found):
            return
        yield found


def _item9_unscreened(observation: Observation, earlier: Sequence[ScoredSet]) -> int | None:
    """The newest answer above 0 that no screen followed; None when nobody asked in this set either."""
    for found in _until_last_screen(observation, earlier):
        answer = found.phq9[-1] if found.phq9 else None
        if answer:
            return answer
    return None if observation.phq9 is None or observation.phq9[-1] is None else 0


def _thoughts_unscreened(observation: Observation, earlier: Sequence[ScoredSet]) -> bool | None:
    """Told, and no screen has followed; one of the same set that found nothing contradicts them and is no answer."""
    for found in (observation, *(scored.observation for scored in earlier)):
        told = any(event.kind == "suicidal_thoughts" for event in found.events or ())
        if told and not _screen_is_positive(found):
            return True
        if suicide_screen_answered(found):
            break
    return None if observation.events is None else False


def _screen_is_positive(observation: Observation) -> bool:
    asq, cssrs = observation.asq, observation.cssrs
    by_asq = isinstance(asq, Asq) and asq_any_yes(asq) is True
    return by_asq or (isinstance(cssrs, Cssrs) and any(answer for _question, answer in cssrs))
