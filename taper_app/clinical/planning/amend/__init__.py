"""Replacing a plan by a new one: the past is frozen, the rest is made anew, the old plan stays as it was.

``changes`` holds what may be asked, a shape a kind; ``standing`` says where the plan stands on that day; ``keep``,
``pace``, ``step_back``, ``restabilise``, ``maintain``, ``products``, ``medicine`` and ``missed`` turn a change into
an ``order`` for the builder; ``allowed`` refuses days on which nothing may be changed; ``joining`` puts the past in
front; ``amending`` goes through it all. ``reading`` takes in a plan from outside.
"""

from taper_app.clinical.planning.amend.amending import amend_plan
from taper_app.clinical.planning.amend.changes import Change, day_or_moment, parse_change
from taper_app.clinical.planning.amend.joining import fingerprint
from taper_app.clinical.planning.amend.reading import read_plan

__all__ = ["Change", "amend_plan", "day_or_moment", "fingerprint", "parse_change", "read_plan"]
