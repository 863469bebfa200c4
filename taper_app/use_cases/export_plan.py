"""Taking the signed plan away as a file. Only the version in force, and only while it is current.

After a seizure or the like the plan cannot be taken away as current; the bridging note always can: the last
tolerated daily dose, no cut, whom to call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, StateConflict
from taper_app.clinical.handoff.last_tolerated import last_tolerated_on
from taper_app.clinical.people import Actor
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.quantities import mg_text
from taper_app.clinical.records import EpisodeId
from taper_app.export.dates import date_text, moment_text
from taper_app.export.plan_sheets import plan_csv, plan_text
from taper_app.store.interface import Writing
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened
from taper_app.use_cases.rights import Grant, UseCase, grant_of

#: Format, media type.
FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
_ENDINGS = {"text": "txt"}

File = tuple[str, str, bytes]


class PlanSuspended(StateConflict):
    """The plan in force may not be printed or exported as current."""

    next_step = (
        "Use the bridging note until a prescriber has resolved the finding or a physician has signed a new version."
    )


class NoSignedPlan(StateConflict):
    next_step = "Build a plan and have a physician sign it; only a signed plan is taken away."


@dataclass(frozen=True, slots=True)
class BridgingNote:
    """What is given until a prescriber decides. It has no place for a cut."""

    daily_mg: Mapping[str, Decimal]
    before_cut_on: date | None
    because: str
    call: tuple[str, ...]

    @property
    def dose_in_words(self) -> str:
        """``clonazepam 2 mg a day``."""
        return " and ".join(f"{drug} {mg_text(mg)}" for drug, mg in self.daily_mg.items()) + " a day"


def export_plan(app: App, actor: Actor, episode_id: EpisodeId, fmt: str) -> File:
    """File name, media type and content of the signed plan in force; noted in the audit.

    Raises InputRefused for an unknown format, NotAllowed without the whole chart's right, StateConflict without
    a signed plan or while a finding speaks against calling it current.
    """
    if fmt not in FORMATS:
        raise InputRefused([Fault("format", f"The format must be one of {', '.join(FORMATS)}.")])

    def work(writing: Writing) -> File:
        chart = _chart(app, actor, writing, episode_id)
        version = _current_version(chart)
        name = f"taper-plan-version-{version.number}.{_ENDINGS.get(fmt, fmt)}"
        return name, FORMATS[fmt], _content(app, chart, version, fmt).encode()

    return change(app, actor, UseCase.OPEN_CHART, episode_id, work)


def export_bridging_note(app: App, actor: Actor, episode_id: EpisodeId) -> File:
    """The bridging note as text; it can be made whatever the state of the plan."""

    def work(writing: Writing) -> File:
        chart = _chart(app, actor, writing, episode_id)
        text = bridging_text(bridging_note(chart), chart)
        return "bridging-note.txt", FORMATS["text"], text.encode()

    return change(app, actor, UseCase.OPEN_CHART, episode_id, work)


def _chart(app: App, actor: Actor, writing: Writing, episode_id: EpisodeId) -> Chart:
    episode = opened(writing, actor, UseCase.OPEN_CHART, episode_id)
    if grant_of(UseCase.OPEN_CHART, actor.role) not in (Grant.UNIT, Grant.YES):
        raise NotAllowed(f"A {actor.role.in_words} may not take the plan away as a file.")
    return read_chart(writing, episode, app.clock())


def _current_version(chart: Chart) -> PlanVersion:
    if chart.signed is None:
        raise NoSignedPlan("There is no signed plan to take away.")
    if not chart.standing.plan_is_current:
        raise PlanSuspended(f"Plan version {chart.signed.number} is suspended and cannot be exported as current.")
    return chart.signed


def _content(app: App, chart: Chart, version: PlanVersion, fmt: str) -> str:
    if fmt == "json":
        return json.dumps(version.plan.as_json(), indent=1, ensure_ascii=False) + "\n"
    if fmt == "csv":
        return plan_csv(version.plan, app.protocols)
    assert version.signed_at is not None, "a signed version has its moment"
    head = f"{version.in_words}, {moment_text(version.signed_at, chart.unit.zone)}.\n"
    if chart.standing.suspensions:
        head += f"{chart.standing.cut_in_words}: {chart.standing.because}\n"
    return head + plan_text(version.plan, app.protocols)


def bridging_note(chart: Chart) -> BridgingNote:
    """The daily dose before the last cut that was in force when the finding came, and whom to call."""
    daily, before = _last_tolerated(chart)
    return BridgingNote(daily, before, chart.standing.because, _whom_to_call(chart))


def _last_tolerated(chart: Chart) -> tuple[Mapping[str, Decimal], date | None]:
    """By the plan; by the charted present use when none is signed. The day: the cut after that dose."""
    if chart.signed is None:
        return _present_use(chart), None
    since = chart.standing.not_current_since
    plan = chart.signed.plan
    tolerated = last_tolerated_on(plan, since.astimezone(chart.zone).date() if since else chart.today)
    daily = tolerated.step.daily_mg if tolerated.step else plan.starting_daily_mg
    return daily, tolerated.before_cut_on


def _present_use(chart: Chart) -> dict[str, Decimal]:
    daily: dict[str, Decimal] = {}
    for line in chart.current_use.lines if chart.current_use else ():
        daily[line.drug] = daily.get(line.drug, Decimal(0)) + line.mg
    return daily


def _whom_to_call(chart: Chart) -> tuple[str, ...]:
    signed = [chart.signed.signed_by.signature] if chart.signed and chart.signed.signed_by else []
    specialist = [f"{chart.facts.specialist}, specialist"] if chart.facts.specialist else []
    return (*signed, *specialist, f"the ward, {chart.unit.name}", f"in an emergency {chart.unit.emergency_number}")


def bridging_text(note: BridgingNote, chart: Chart) -> str:
    """The note for reading and printing."""
    before = f" (the dose before the cut on {date_text(note.before_cut_on)})" if note.before_cut_on else ""
    lines = [
        "Bridging note, not a taper plan and not a prescription.",
        f"Written {moment_text(chart.now, chart.unit.zone)}.",
        f"Last tolerated daily dose: {note.dose_in_words}{before}.",
        "No cut until a prescriber has reviewed. Do not leave out the benzodiazepine: withdrawal can cause seizures.",
    ]
    if note.because:
        lines.append(f"Because: {note.because}")
    lines.append(f"Call: {'; '.join(note.call)}.")
    return "\n".join(lines) + "\n"
