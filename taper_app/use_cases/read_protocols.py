"""Reading what plans are made from and sets are scored by: open to everybody who may open a chart. Holds no patient."""

from __future__ import annotations

from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.use_cases.context import App, look, permitted
from taper_app.use_cases.rights import UseCase


def read_protocols(app: App, actor: Actor) -> WardProtocols:
    """The library as this site uses it. Raises NotAllowed; the refusal is audited."""
    look(app, actor, UseCase.OPEN_CHART, None, lambda _reading: permitted(actor, UseCase.OPEN_CHART, None))
    return app.protocols
