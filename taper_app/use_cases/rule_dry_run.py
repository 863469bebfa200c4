"""Trying a changed number of a rule on what was recorded, before anybody writes it into a site's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.escalation.dry_run import DryRun, RecordedSet, dry_run
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.loosening import Weaker, refused_parts, taken_over_from, weaker_parts
from taper_app.clinical.protocol.thresholds import Threshold, thresholds_of, typed_number, with_threshold
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.store.interface import Reading
from taper_app.use_cases.assessing import as_of, case_of
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, look
from taper_app.use_cases.read_rules import require_counting
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.rule_burden import LOOK_BACK


@dataclass(frozen=True, slots=True)
class Tried:
    """What a changed number would have done. ``refused``: why it may not go live, a sentence each; empty when it may.

    ``loosens`` and ``refused`` are against the rule as it acts here, which a site may have tightened.
    """

    threshold: Threshold
    new_words: str
    loosens: bool
    refused: tuple[str, ...]
    stays: int
    since: datetime
    counts: DryRun


def try_threshold(app: App, actor: Actor, unit_id: str, rule_id: str, key: str, typed: str) -> Tried:
    """Judge every set of the last 30 days twice. Nothing is kept, nothing of the rules changes.

    ``key`` is a ``Threshold.key`` of the rule. Raises InputRefused, NotFound, NotAllowed.
    """
    rules = app.protocols.rules
    rule, threshold = _chosen(rules, rule_id, key)
    value = typed_number(typed)
    if value == threshold.value:
        raise InputRefused([Fault("new_number", "This is the number that stands now; write another one.")])
    changed = with_threshold(rule, threshold.place, value)

    def work(reading: Reading) -> list[Chart]:
        require_counting(actor, unit_id)
        return list(_charts(reading, unit_id, app.clock()))

    charts = look(app, actor, UseCase.OPEN_CHART, None, work)
    since = app.clock() - LOOK_BACK
    recorded = (one for chart in charts for one in _recorded_sets(app, chart, since))
    protocols = app.protocols
    weaker = _weaker(rule, changed, protocols)
    return Tried(
        threshold=threshold,
        new_words=Threshold(threshold.place, threshold.of, value).in_words,
        loosens=bool(weaker),
        refused=tuple(refused_parts(rule, weaker, {one.id: one for one in rules.rules})),
        stays=len(charts),
        since=since,
        counts=dry_run(recorded, changed, rules, protocols.scales, protocols.vital_limits),
    )


def _chosen(rules: RuleBook, rule_id: str, key: str) -> tuple[EscalationRule, Threshold]:
    rule = rules.rule(rule_id)
    threshold = next((found for found in thresholds_of(rule) if found.key == key), None) if rule else None
    if rule is None or threshold is None:
        raise NotFound("There is no such number in the rules; choose it again.")
    return rule, threshold


def _weaker(before: EscalationRule, after: EscalationRule, protocols: WardProtocols) -> list[Weaker]:
    """As a site's file would be judged: what another rule of the same readings has taken over is no loss."""
    bands = [bands for file in protocols.escalation.values() for bands in file.bands]
    acting = {rule.id: rule for rule in protocols.rules.rules} | {after.id: after}
    return weaker_parts(before, after, taken_over_from(after.id, acting, bands))


def _charts(reading: Reading, unit_id: str, now: datetime) -> Iterator[Chart]:
    """Stays of the unit that had something recorded in the time that is looked at."""
    for status in ("open", "released"):
        for row in reading.latest_rows(unit_id, status):
            episode = reading.episode(row.episode_id) if row.changed_at >= now - LOOK_BACK else None
            if episode is not None:
                yield read_chart(reading, episode, now)


def _recorded_sets(app: App, chart: Chart, since: datetime) -> Iterator[RecordedSet]:
    """Each set that stands, as the rules were asked about it: with what had happened by then."""
    for charted in chart.sets:
        if charted.at >= since:
            case = case_of(app, as_of(chart, charted.at, replaced=charted.record.id), charted.observation)
            findings = (charted.assessment or {}).get("findings", ())
            yield RecordedSet(case, {finding["rule"]: finding["level"] for finding in findings})
