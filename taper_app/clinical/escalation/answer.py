"""The answer of an assessment, in the shape of ``taper assess``."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from taper_app.clinical.charting.set_scales import Scores
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import Frozen


class NextCut(StrEnum):
    AS_PLANNED = "as_planned"
    SUSPENDED = "suspended"


class ThisDose(StrEnum):
    GIVE = "give"
    ASSESS_FIRST = "assess_first"
    GIVE_DO_NOT_OMIT = "give_do_not_omit"
    WITHHOLD = "withhold"


class Finding(Frozen):
    """What one rule says of this set. ``taper`` is its effect on the next cut and on this dose."""

    rule: str
    level: Literal[1, 2, 3, 4]
    message: str
    action: str
    notify: tuple[str, ...]
    respond_within_minutes: int
    reassess_within_minutes: int | Literal["continuous"] | None
    taper: Effect
    source: str
    trigger_evidence: str
    time_evidence: str


class TaperEffect(Frozen):
    """All effects together: two decisions, never one."""

    next_cut: NextCut
    this_dose: ThisDose

    @property
    def in_words(self) -> str:
        """What staff read, without ever saying a bare word that hospitals misread."""
        dose = {
            ThisDose.GIVE: "Keep dose, no cut until reviewed.",
            ThisDose.ASSESS_FIRST: "Assess first, then dose. Do not skip. No cut until reviewed.",
            ThisDose.GIVE_DO_NOT_OMIT: "Prescriber now. Do not omit benzodiazepine: it is the treatment. No cut.",
            ThisDose.WITHHOLD: "Withhold this dose. Emergency.",
        }
        if self.next_cut is NextCut.AS_PLANNED:
            return "Dose and taper as planned."
        return dose[self.this_dose]


class DoseGateAnswer(Frozen):
    """May the due dose be given; all None when none is due."""

    state: Literal["give", "assess_first", "withhold"] | None = None
    reason: str | None = None
    recheck_minutes: int | None = None
    override_role: Literal["nurse", "physician"] | None = None


class NotEvaluated(Frozen):
    """A rule that could not be judged, and what was missing."""

    rule: str
    missing: tuple[str, ...]


class AssessmentWarning(Frozen):
    """Something to confirm; it changes no finding."""

    code: str
    field: str
    message: str


class Assessment(Frozen):
    """The whole answer. Findings are sorted: the highest level first, then the shortest time."""

    scores: Scores
    level: Literal[1, 2, 3, 4]
    findings: tuple[Finding, ...]
    taper: TaperEffect
    dose_gate: DoseGateAnswer
    next_due_minutes: int
    not_evaluated: tuple[NotEvaluated, ...]
    warnings: tuple[AssessmentWarning, ...]

    @property
    def alert(self) -> Finding | None:
        """The one finding that interrupts, with all others as its reasons; level 1 makes no alert."""
        return self.findings[0] if self.findings and self.findings[0].level > 1 else None
