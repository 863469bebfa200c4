"""Outcomes of screens that are answered with yes and no (ASQ, C-SSRS screener): which, or between which two.

What was not answered is never counted as no: an incomplete screen has no outcome, but the least and the most serious
one that it could have. A question that the form leaves out after a no is not missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taper_app.clinical.protocol.scales import AnswerItem, Outcomes, Scale
from taper_app.clinical.records import Frozen

YES, NO = "yes", "no"


class ScreenScore(Frozen):
    """``outcome`` is None unless every question that has to be asked was answered; ``missing`` names the others."""

    outcome: str | None
    complete: bool
    least: str
    most: str
    missing: tuple[str, ...]


def screen_score(scale: Scale, answers: Mapping[str, str]) -> ScreenScore:
    """The outcome of ``answers`` (question id to ``yes`` or ``no``). The scale has ``outcomes``."""
    outcomes = _outcomes(scale)
    answered_yes = [question for question, answer in answers.items() if answer == YES]
    missing = tuple(still_to_ask(scale, answers))
    possible = [*answered_yes, *_could_be_yes(scale, answers)]
    least, most = outcomes.of(answered_yes), outcomes.of(possible)
    return ScreenScore(
        outcome=None if missing else least, complete=not missing, least=least, most=most, missing=missing
    )


def refused_screen(scale: Scale) -> ScreenScore:
    """A refusal of the whole screen: what the file lets it count as, or no answer at all."""
    outcomes = _outcomes(scale)
    if outcomes.refused is None:
        return screen_score(scale, {})
    return ScreenScore(
        outcome=outcomes.refused, complete=True, least=outcomes.refused, most=outcomes.refused, missing=()
    )


def is_asked(question: AnswerItem, answers: Mapping[str, str]) -> bool:
    """Whether the form asks it, as far as is known: always, or once an earlier question was answered yes."""
    return not question.asked_after_yes or any(answers.get(earlier) == YES for earlier in question.asked_after_yes)


def still_to_ask(scale: Scale, answers: Mapping[str, str]) -> Iterator[str]:
    """Questions without an answer that have to be asked."""
    for question in scale.questions:
        if question.id not in answers and is_asked(question, answers):
            yield question.id


def _could_be_yes(scale: Scale, answers: Mapping[str, str]) -> Iterator[str]:
    """Unanswered questions, without those that are left out for certain."""
    for question in scale.questions:
        left_out = question.asked_after_yes and all(answers.get(name) == NO for name in question.asked_after_yes)
        if question.id not in answers and not left_out:
            yield question.id


def _outcomes(scale: Scale) -> Outcomes:
    assert scale.outcomes is not None, "only a screen with outcomes is judged by them"
    return scale.outcomes
