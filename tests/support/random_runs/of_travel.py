"""Invariants 11 and 21 of one plan: what a copy of it says."""

from __future__ import annotations

import json
from collections.abc import Iterator

from random_runs.made import Made
from taper_app.clinical.planning.amend import fingerprint
from taper_app.clinical.planning.answer import Plan


def invariant_11_it_travels_as_json_and_comes_back_equal(made: Made) -> Iterator[str]:
    back = Plan.model_validate(json.loads(_written(made.plan)))
    if back != made.plan or made.answer["schema"] != 1:
        yield "the plan that was read back is another one"


def invariant_21_it_says_which_edition_made_it(made: Made) -> Iterator[str]:
    used = made.plan.protocol
    taper = made.taper
    if (used.id, used.version, used.sha256) != (taper.id, taper.version, made.protocols.sha256[taper.id]):
        yield "the protocol's id, version or hash is not the one in use"
    for name in ("id", "version", "sha256"):
        other = made.plan.model_copy(update={"protocol": used.model_copy(update={name: "another"})})
        if fingerprint(other) == fingerprint(made.plan):
            yield f"the plan's fingerprint does not depend on the protocol's {name}"


def _written(plan: Plan) -> str:
    return json.dumps(plan.as_json(), ensure_ascii=False)
