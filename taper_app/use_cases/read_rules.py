"""Reading the rules: for whoever works with the whole chart, and for an administrator. Holds no patient."""

from __future__ import annotations

from collections.abc import Sequence

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.escalation.self_test import SelfTestReport, self_test
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.records import Unit
from taper_app.protocol_files.self_test_files import load_self_test
from taper_app.store.interface import Reading
from taper_app.use_cases.context import App, look, permitted
from taper_app.use_cases.rights import Grant, UseCase, grant_of

#: Grants of the chart that reach all of it: a summary, or a single chart for a reason, does not.
_WHOLE_CHART = (Grant.UNIT, Grant.YES)


def reads_whole_charts(role: Role) -> bool:
    """Who may also see what was counted on the ward."""
    return grant_of(UseCase.OPEN_CHART, role) in _WHOLE_CHART


def may_read_rules(role: Role) -> bool:
    """Who has the Rules page: an administrator too, without anything that was counted on patients."""
    return reads_whole_charts(role) or grant_of(UseCase.MANAGE_USERS_AND_DEVICES, role) is not Grant.NO


def read_rules(app: App, actor: Actor) -> WardProtocols:
    """The library with the rules as this site uses them. Raises NotAllowed; the refusal is audited."""
    look(app, actor, UseCase.OPEN_CHART, None, lambda _reading: _require_rules(actor))
    return app.protocols


def run_self_test(app: App, actor: Actor) -> SelfTestReport:
    """The simulated patients and orders, judged by this site's own rules. Raises NotAllowed, ProtocolFilesRefused."""
    look(app, actor, UseCase.OPEN_CHART, None, lambda _reading: _require_rules(actor))
    return self_test(load_self_test(), app.protocols)


def _require_rules(actor: Actor) -> None:
    if not may_read_rules(actor.role):
        raise NotAllowed(f"A {actor.role.in_words} has no use for the escalation rules.")


def units_to_count(app: App, actor: Actor) -> Sequence[Unit]:
    """The units whose records this person may have counted, their own first; none for an administrator."""

    def work(reading: Reading) -> Sequence[Unit]:
        if not reads_whole_charts(actor.role):
            return ()
        every = reading.units()
        return sorted((unit for unit in every if _may_count(actor, unit.id)), key=lambda unit: unit.id != actor.unit_id)

    return look(app, actor, UseCase.OPEN_CHART, None, work)


def _may_count(actor: Actor, unit_id: str) -> bool:
    try:
        require_counting(actor, unit_id)
    except NotAllowed:
        return False
    return True


def require_counting(actor: Actor, unit_id: str) -> None:
    """Counting over a unit's records takes the right to open every chart of it. Raises NotAllowed."""
    if permitted(actor, UseCase.OPEN_CHART, unit_id) not in _WHOLE_CHART:
        raise NotAllowed(f"A {actor.role.in_words} does not count over whole charts.")
