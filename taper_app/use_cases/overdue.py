"""How late a patient's next observation set is, derived from the chart and the clock wherever it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from taper_app.clinical.escalation.answer import Finding
from taper_app.clinical.escalation.overdue import SetClock, overdue
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App


def set_clock(chart: Chart) -> SetClock:
    """When the next set is wanted, since which set, and with what level the sets leave the patient."""
    asked_at, due_at = chart.next_set_wanted
    return SetClock(last_at=asked_at, last_level=chart.level_of_sets, due_at=due_at)


def overdue_set(app: App, chart: Chart) -> Sequence[Finding]:
    """What the rules about late sets say at ``chart.now``, the most serious first; empty while it is not late."""
    return overdue(set_clock(chart), chart.now, app.protocols.rules)
