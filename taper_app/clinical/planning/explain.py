"""A step of a finished plan in plain sentences: which rule, which tablets, what was rounded, how long and why.

Worked from the plan alone and the files it names, so that the answer itself stays as it travels. Good enough to
read aloud to a patient or a pharmacist; each sentence that rests on a source names it, with its mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from taper_app.clinical.planning.answer import Plan, Step, StepKind
from taper_app.clinical.planning.pace.asked import shown_mg
from taper_app.clinical.planning.pace.printed import printed_pace
from taper_app.clinical.planning.tablet_words import pieces_in_words
from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PublishedTaper, TimeToStop
from taper_app.clinical.quantities import mg_text, tenth_mcg_of

_WEAKEST_LAST = (Evidence.READ, Evidence.DERIVED, Evidence.SECOND_HAND, Evidence.UNVERIFIED)
#: The source id of the numbers that this project sets by itself.
_HOUSE_DEFAULT = "local-default"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``source`` is the source's short name, empty where the sentence only restates the plan."""

    text: str
    source: str = ""
    evidence: Evidence = Evidence.READ

    def __str__(self) -> str:
        """The text with its source and mark: ``... (Local default, unverified)``."""
        if not self.source:
            return self.text
        mark = {Evidence.READ: "", Evidence.UNVERIFIED: ", unverified"}.get(self.evidence, f"; {self.evidence.mark}")
        return f"{self.text} ({self.source}{mark})"


@dataclass(frozen=True, slots=True)
class DoseWords:
    """One dose at one time of day: ``08:00``, ``clonazepam 0.875 mg``, ``half a 0.5 mg tablet and ...``."""

    time: str
    dose: str
    pieces: str


@dataclass(frozen=True, slots=True)
class StepExplained:
    """``why``: the rules that gave the step, and what was rounded. ``how_long`` is None for the first day without."""

    number: int
    why: tuple[Sentence, ...]
    doses: tuple[DoseWords, ...]
    how_long: Sentence | None

    @property
    def read_aloud(self) -> str:
        """Everything as running text."""
        made = (f"At {dose.time}, {dose.dose}: {dose.pieces}." for dose in self.doses)
        return " ".join([*map(str, self.why), *made, *([str(self.how_long)] if self.how_long else [])])


def explain_plan(plan: Plan, protocols: Protocols) -> tuple[StepExplained, ...]:
    return tuple(explain_step(plan, step, protocols) for step in plan.steps)


def explain_step(plan: Plan, step: Step, protocols: Protocols) -> StepExplained:
    """``step`` is one of the plan's own."""
    return StepExplained(
        number=step.number,
        why=(*_rules(plan, step, protocols), *_rounding(step)),
        doses=tuple(
            DoseWords(dose.time, f"{dose.drug} {mg_text(dose.mg)}", pieces_in_words(dose, protocols))
            for dose in step.doses
        ),
        how_long=_how_long(plan, step, protocols),
    )


def explain_pace(plan: Plan, protocols: Protocols) -> tuple[Sentence, ...]:
    """The protocol's pace as it is printed, and what was read into it; empty when the file is of another edition."""
    taper = _taper_of(plan, protocols)
    if taper is None:
        return ()
    pace = Sentence(printed_pace(taper.pace), protocols.source_short(taper.pace.source), taper.pace.evidence)
    return (pace, Sentence(taper.pace.note)) if taper.pace.note else (pace,)


def evidence_of(source: str, plan: Plan, protocols: Protocols) -> Evidence:
    """How the numbers of the plan's protocol that rest on a source were obtained: the weakest of them."""
    if source == _HOUSE_DEFAULT:
        return Evidence.UNVERIFIED
    taper = protocols.tapers.get(plan.protocol.id)
    found = [entry.evidence for entry in _cited(taper) if entry.source == source]
    return weakest(found)


def pace_evidence(taper: PublishedTaper | None) -> Evidence:
    """How the numbers of a protocol's pace were obtained, its bands, lines and constants included."""
    return weakest(entry.evidence for entry in _cited(taper.pace)) if taper else Evidence.READ


def weakest(found: Iterable[Evidence]) -> Evidence:
    return max(found, key=_WEAKEST_LAST.index, default=Evidence.READ)


def _cited(content: Any) -> Iterator[Cited]:
    if isinstance(content, Cited):
        yield content
    if isinstance(content, BaseModel):
        for name in type(content).model_fields:
            yield from _cited(getattr(content, name))
    elif isinstance(content, tuple):
        for item in content:
            yield from _cited(item)


def _taper_of(plan: Plan, protocols: Protocols) -> PublishedTaper | None:
    """The file that made the plan, None when it has changed since or is gone."""
    same_edition = protocols.sha256.get(plan.protocol.id) == plan.protocol.sha256
    return protocols.tapers.get(plan.protocol.id) if same_edition else None


def _rules(plan: Plan, step: Step, protocols: Protocols) -> Iterator[Sentence]:
    for reason in step.reasons:
        evidence = evidence_of(reason.source, plan, protocols)
        yield Sentence(reason.text, protocols.source_short(reason.source), evidence)


def _rounding(step: Step) -> Iterator[Sentence]:
    """Where the dose that is made differs from the one that the pace asked for."""
    if step.target_daily_mg is None or step.kind not in (StepKind.CUT, StepKind.KEEP) or len(step.daily_mg) != 1:
        return
    (made,) = step.daily_mg.values()
    asked = step.target_daily_mg
    asked_text = shown_mg(Fraction(tenth_mcg_of(asked)))
    if made > asked:
        yield Sentence(f"Rounded up from {asked_text} to {mg_text(made)} a day, the gentler way.")
    elif made < asked:
        yield Sentence(f"Rounded down from {asked_text} to {mg_text(made)} a day, because no smaller cut can be made.")


def _how_long(plan: Plan, step: Step, protocols: Protocols) -> Sentence | None:
    if step.kind is StepKind.STOP:
        return None
    if not step.days:
        return Sentence("This dose has no planned end: it is kept until a prescriber changes the plan.")
    following = next((later for later in plan.steps if later.number == step.number + 1), None)
    if step.kind is not StepKind.CUT or following is None or _was_ended_by_change(plan, step):
        until = ", until the plan was changed" if _was_ended_by_change(plan, step) else ""
        return Sentence(f"This lasts {_days(step.days)}{until}.")
    if following.kind is StepKind.STOP:
        return _before_the_stop(plan, step, protocols)
    return Sentence(f"This dose is given for {_days(step.days)}{_why_so_long(plan, step, following)}.")


def _was_ended_by_change(plan: Plan, step: Step) -> bool:
    if plan.amends is None:
        return False
    changed_on = date.fromisoformat(str(plan.amends.change["on"]))
    return step.starts_on + timedelta(days=step.days) == changed_on


def _why_so_long(plan: Plan, step: Step, following: Step) -> str:
    """Rule 2 of the steps: at least the interval, and as long as the pace itself takes to the next dose."""
    every, longest = plan.request.every_days, plan.request.longest_step_days
    if step.days == every:
        return ", the interval between cuts"
    if _is_bigger_than_asked(following):
        bound = ", the longest that one dose is given" if step.days == longest else ""
        return f"{bound or f' instead of {every}'}: the next cut is bigger than asked, so it comes later"
    return ", as long as the pace itself takes to the next dose"


def _is_bigger_than_asked(step: Step) -> bool:
    return step.target_daily_mg is not None and sum(step.daily_mg.values()) < step.target_daily_mg


def _before_the_stop(plan: Plan, step: Step, protocols: Protocols) -> Sentence:
    text = f"This last dose is given for {_days(step.days)}"
    taper = _taper_of(plan, protocols)
    if taper is None:
        return Sentence(f"{text}.")
    if step.days == plan.request.longest_step_days:
        return Sentence(f"{text}, the longest that one dose is given.")
    until = "half of it" if taper.stop.time_to is TimeToStop.HALF_OF_LAST_DOSE else "zero"
    return Sentence(
        f"{text}: as long as the pace takes from it to {until}, and no shorter than the interval between cuts.",
        protocols.source_short(taper.stop.source),
        taper.stop.evidence,
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
