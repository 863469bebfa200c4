"""A plan's steps as a table: asked and makeable dose, pieces in words, cut, equivalents; below it every reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import streamlit as st

from taper_app.clinical.kinetics.symptom_windows import AfterCut, after_cuts
from taper_app.clinical.planning.answer import Plan, Severity, Step, StepKind
from taper_app.clinical.planning.explain import explain_step
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_text, percent_text
from taper_app.export.plan_sheets import dose_pieces_text
from taper_app.ui.components import show
from taper_app.ui.components.effect_words import course_lines, cut_sentences
from taper_app.ui.components.equivalent_words import three_figures
from taper_app.ui.components.plan_words import KIND_WORDS, code_words, daily_words
from taper_app.ui.components.protocol_words import HOUSE_DEFAULT, UNVERIFIED_MEANS
from taper_app.ui.components.times import date_text

COURSES = "What the sources print of symptoms, for each cut alike"


def schedule_rows(plan: Plan, protocols: Protocols, *, steps: Sequence[Step] | None = None) -> list[dict[str, str]]:
    """One row a step, in plain words. ``steps``: only these, as for the part that still lies ahead."""
    shown = plan.steps if steps is None else steps
    times = sorted({dose.time for step in shown for dose in step.doses})
    return [_row(plan, step, times, protocols) for step in shown]


def steps_from(plan: Plan, day: date) -> Sequence[Step]:
    """The step in force on a day and those after it."""
    return [step for step in plan.steps if step.ends_on is None or step.ends_on >= day]


def schedule(plan: Plan, protocols: WardProtocols, *, alt: str, steps: Sequence[Step] | None = None) -> None:
    """The table on the screen; people's words in it are kept from being read as markup."""
    rows = schedule_rows(plan, protocols, steps=steps)
    safe = [{name: show.unbroken(show.plain_text(text)) for name, text in row.items()} for row in rows]
    st.table(safe, hide_index=True, alt=alt)
    with st.expander("Why? Every reason of each step, with its source"):
        shown = plan.steps if steps is None else steps
        found = after_cuts(plan, protocols, protocols.time_course)
        st.markdown("\n\n".join(why(plan, step, protocols, found) for step in shown))
        numbers = {step.number for step in shown}
        if lines := course_lines(after for after in found if after.step in numbers):
            st.markdown(f"**{COURSES}**\n\n" + "\n".join(f"- {show.plain_text(line)}" for line in lines))
        if any(reason.source == HOUSE_DEFAULT for step in shown for reason in step.reasons):
            st.markdown(UNVERIFIED_MEANS)


def _row(plan: Plan, step: Step, times: Sequence[str], protocols: Protocols) -> dict[str, str]:
    row = {
        "Step": f"{step.number}: {KIND_WORDS[step.kind]}{_sign_mark(plan, step)}",
        "Dates": _dates(step),
        "Asked": _asked(step),
        "Makeable, a day": daily_words(step.daily_mg),
    }
    for time in times:
        row[time] = _at_time(step, time, protocols)
    row["Cut of now / of start"] = _cut(step)
    row["mg diazepam: low – chosen – high"] = three_figures(step.diazepam_equivalent_mg)
    return row


def _asked(step: Step) -> str:
    """What the pace asked for; a cross-over follows its slots instead."""
    return "by slots" if step.target_daily_mg is None else mg_text(step.target_daily_mg)


def _dates(step: Step) -> str:
    if step.ends_on is None:
        return f"from {date_text(step.starts_on)}"
    return f"{date_text(step.starts_on)} to {date_text(step.ends_on)} ({step.days} days)"


def _at_time(step: Step, time: str, protocols: Protocols) -> str:
    doses = [dose for dose in step.doses if dose.time == time]
    several = len(step.daily_mg) > 1
    return "; ".join(
        f"{dose.drug + ' ' if several else ''}{mg_text(dose.mg)}: {dose_pieces_text(dose, protocols)}" for dose in doses
    ) or ("none" if step.kind is not StepKind.STOP else "")


def _cut(step: Step) -> str:
    if step.kind not in (StepKind.CUT, StepKind.STOP):
        return "no cut"
    return f"{percent_text(step.cut_percent_of_current)} % / {percent_text(step.cut_percent_of_start)} %"


def _sign_mark(plan: Plan, step: Step) -> str:
    """The names of the warnings that have to be signed for this step."""
    to_sign = dict.fromkeys(
        code_words(warning.code)
        for warning in plan.warnings
        if warning.step == step.number and warning.severity is Severity.SIGN
    )
    return "".join(f" ▲ to sign: {words}" for words in to_sign)


def why(plan: Plan, step: Step, protocols: Protocols, found: Iterable[AfterCut] = ()) -> str:
    """Every reason of the step as a list, with its source: the rule, the rounding, and why it lasts so long.

    ``found``: what follows the plan's cuts; of it, until when symptoms of this step's are to be expected.
    """
    explained = explain_step(plan, step, protocols)
    given = show.plain_text(f"{daily_words(step.daily_mg)} a day from {date_text(step.starts_on)}")
    sentences = [*explained.why, *([explained.how_long] if explained.how_long else [])]
    symptoms = cut_sentences([after for after in found if after.step == step.number])
    reasons = [f"- {show.plain_text(str(sentence))}" for sentence in (*sentences, *symptoms)]
    return "\n".join([f"**Step {step.number}: {given}**", "", *reasons])
