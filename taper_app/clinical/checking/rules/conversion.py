"""The table of equivalents that a plan rests on, and what a prescriber has to accept about it."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.paces import medicine_of
from taper_app.clinical.checking.wording import number

DIFFERS = "conversion-differs-between-sources"
IN_OLDER_ADULT = "switch-in-older-adult"


def judge_conversion(case: Case) -> None:
    if not _is_table_known(case):
        return
    _judge_table_needed(case)
    if any(step.kind == "crossover" for step in case.plan.steps):
        _judge_listed(case)
        _judge_disagreement(case)
        _judge_older_adult(case)


def _is_table_known(case: Case) -> bool:
    request, plan = case.request, case.plan
    named = plan.equivalence if plan.says_equivalence else request.equivalence if request is not None else None
    if named is not None and case.equivalents.chosen_table is None:
        tables = ", ".join(sorted(case.equivalents.tables))
        case.findings.violated(
            "equivalence-unknown", None, f"{named} is no table that doses are converted with; use one of {tables}."
        )
        return False
    asked = request.equivalence if request is not None else None
    if plan.says_equivalence and asked is not None and plan.equivalence != asked:
        case.findings.violated(
            "equivalence-unknown", None, "The plan and its request name different tables of equivalents."
        )
    return True


def _judge_table_needed(case: Case) -> None:
    if case.equivalents.chosen_table is not None:
        return
    medicines = {medicine for step in case.plan.steps for medicine in step.amounts}
    why = []
    if any(step.kind == "crossover" for step in case.plan.steps):
        why.append("a change of medicine")
    if len(case.course.start or {}) > 1:
        why.append("several medicines taken now")
    of_the_pace = medicine_of(case.taper) if case.taper is not None and case.taper.pace.model != "occupancy" else None
    if of_the_pace is not None and medicines - {of_the_pace}:
        why.append(f"a pace in mg {of_the_pace} for another medicine")
    if why:
        case.findings.violated(
            "equivalence-missing",
            None,
            f"The plan needs the table of equivalents that the prescriber chose: for {' and '.join(why)}.",
        )


def _judge_listed(case: Case) -> None:
    table = case.equivalents.chosen_table
    if table is None:
        return
    for medicine in sorted(_medicines(case)):
        if table.entry(medicine) is None:
            case.findings.violated("equivalence-missing", None, f"{table.name} does not list {medicine}.")


def _judge_disagreement(case: Case) -> None:
    """A conversion on which tables differ so many times over: a prescriber accepts that by name."""
    limit = case.limits.tables_disagree_from
    apart = sorted(
        f"{medicine} to {target}"
        for medicine, target in _conversions(case)
        if (spread := case.equivalents.spread(medicine, target)) is not None and spread >= Fraction(limit.factor)
    )
    if not apart or case.plan.warnings is None:
        return
    signs = [w for w in case.plan.warnings if w.is_signed_for and w.mentions(DIFFERS, "differ")]
    sentence = f"Sources differ {limit.in_words} or more on {', '.join(apart)}."
    if signs:
        case.findings.accepted(DIFFERS, signs[0].step, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(DIFFERS, None, f"{sentence} No sign warning says so.")


def _conversions(case: Case) -> set[tuple[str, str]]:
    """(from, to) of every change of medicine: what a cross-over step no longer gives, and what it gives more of."""
    found: set[tuple[str, str]] = set()
    for place, step in enumerate(case.plan.steps):
        before = case.course.amounts_before(place)
        if step.kind == "crossover" and before is not None:
            less = [m for m in before if step.amounts.get(m, 0) < before[m]]
            more = [m for m in step.amounts if step.amounts[m] > before.get(m, 0)]
            found |= {(one, other) for one in less for other in more}
    return found


def _judge_older_adult(case: Case) -> None:
    age, limit = case.request.patient.age_years if case.request is not None else None, case.limits.older_adult
    if age is None or age < limit.from_age_years or case.plan.warnings is None:
        return
    if not any(w.is_caution and w.mentions(IN_OLDER_ADULT, "older") for w in case.plan.warnings):
        case.findings.violated(
            IN_OLDER_ADULT, None, f"The patient is {number(age * 10_000)} years old; no warning speaks of the switch."
        )


def _medicines(case: Case) -> set[str]:
    """Those that the named table has to list: of an amended plan from the dose before the change on."""
    rest = [place for place in range(len(case.plan.steps)) if not case.is_past(place)]
    begins = min(rest, default=0)
    given = {medicine for step in case.plan.steps[begins:] for medicine in step.amounts}
    return given | set(case.course.amounts_before(begins) or {})
