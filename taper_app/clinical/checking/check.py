"""Judges any plan in the answer format, whoever made it. Shares nothing with the builder.

The builder walks from step to step; this lays the plan out on calendar days and judges the days.
"""

from __future__ import annotations

from taper_app.clinical.checking.findings import CheckResult, Findings
from taper_app.clinical.checking.gathering import gather
from taper_app.clinical.checking.reading import read_plan
from taper_app.clinical.checking.rules.asked_pace import judge_asked_pace
from taper_app.clinical.checking.rules.cautions import judge_cautions
from taper_app.clinical.checking.rules.ceilings import judge_ceilings
from taper_app.clinical.checking.rules.choice_of_pieces import judge_choice_of_pieces
from taper_app.clinical.checking.rules.conversion import judge_conversion
from taper_app.clinical.checking.rules.crossover import judge_crossover
from taper_app.clinical.checking.rules.dates import judge_dates
from taper_app.clinical.checking.rules.dispensing import judge_dispensing
from taper_app.clinical.checking.rules.doses import judge_doses
from taper_app.clinical.checking.rules.durations import judge_durations
from taper_app.clinical.checking.rules.ending import judge_ending
from taper_app.clinical.checking.rules.figures import judge_figures
from taper_app.clinical.checking.rules.floor import judge_floor
from taper_app.clinical.checking.rules.left_over import judge_left_over
from taper_app.clinical.checking.rules.other_tables import judge_by_other_tables
from taper_app.clinical.checking.rules.patient import judge_patient
from taper_app.clinical.checking.rules.pick_ups import judge_pick_ups
from taper_app.clinical.checking.rules.protocol import judge_protocol
from taper_app.clinical.checking.rules.rises import judge_rises
from taper_app.clinical.checking.rules.sizes import judge_sizes
from taper_app.clinical.checking.rules.slot_order import judge_slot_order
from taper_app.clinical.checking.rules.start_fraction import judge_start_fraction
from taper_app.clinical.checking.rules.times_of_day import judge_times_of_day
from taper_app.clinical.protocol.library import Protocols

_RULES = (
    judge_protocol,
    judge_patient,
    judge_start_fraction,
    judge_doses,
    judge_choice_of_pieces,
    judge_dates,
    judge_rises,
    judge_times_of_day,
    judge_slot_order,
    judge_conversion,
    judge_crossover,
    judge_asked_pace,
    judge_sizes,
    judge_durations,
    judge_ending,
    judge_floor,
    judge_ceilings,
    judge_by_other_tables,
    judge_cautions,
    judge_figures,
    judge_dispensing,
    judge_pick_ups,
    judge_left_over,
)


def check_plan(plan: object, protocols: Protocols) -> CheckResult:
    """What the plan violates, which breaches somebody is asked to sign, and what it leaves unsaid.

    ``plan`` is the parsed JSON. Raises InputRefused, naming every unreadable field, when it is no plan at all.
    """
    findings = Findings()
    case = gather(read_plan(plan, protocols), protocols, findings)
    for judge in _RULES:
        judge(case)
    return findings.result()
