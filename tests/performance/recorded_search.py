"""The search inside a whole plan, caught with everything it was given."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from taper_app.clinical.planning import cuts
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.path import Given, PathRules, Start, days_of_start
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import Protocols

CASES = Path(__file__).parent / "plan_cases.toml"


def requests() -> dict[str, Mapping[str, Any]]:
    """The requests of ``plan_cases.toml`` by id, as they travel."""
    written = tomllib.loads(CASES.read_text())
    return {
        case["id"]: {name: value for name, value in case.items() if name != "id"} | {"patient": written["patient"]}
        for case in written["case"]
    }


@dataclass(frozen=True)
class RecordedSearch:
    """What the search was given, and the doses it found."""

    start: Start
    daily: Sequence[int]
    splitter: SlotSplitter
    rules: PathRules
    found: Sequence[Given]

    def again(self) -> Sequence[Given]:
        """The same search once more; what a splitter remembers is not taken over."""
        splitter = SlotSplitter(self.splitter.makeable, self.splitter.rule, self.splitter.keeps_all_times)
        return find_path(self.start, self.daily, splitter, self.rules)

    @property
    def days(self) -> int:
        """From the first cut (or the first day of the start, when that is a step) to the end."""
        first = days_of_start(self.start, self.found, self.rules) if self.start.is_first_step else 0
        return first + sum(given.days for given in self.found)

    @property
    def steps(self) -> int:
        return len(self.found) + 1


def search_in(request: Mapping[str, Any], protocols: Protocols) -> tuple[Plan, RecordedSearch]:
    """The plan for a request, and the search that was made for it. Raises ValueError when it is refused."""
    recorded: list[RecordedSearch] = []

    def recording(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[Given]:
        found = find_path(start, daily, splitter, rules)
        recorded.append(RecordedSearch(start, daily, splitter, rules, found))
        return found

    with patch.object(cuts, "find_path", recording):
        outcome = build_plan(parse_request(dict(request), protocols), protocols)
    if not isinstance(outcome, Plan):
        raise ValueError(outcome.message)
    return outcome, recorded[0]
