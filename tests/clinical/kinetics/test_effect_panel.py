"""What a figure draws beneath a plan: hours or daily means, the windows of its stretch, and the words beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from taper_app.clinical.kinetics.effect_panel import MOST_POINTS, WHAT_IT_IS, effect_panel
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.ward_library import WardProtocols

ExamplePlan = Callable[[str], Plan]


def test_a_fortnight_is_drawn_by_the_hour_and_a_year_by_the_day(
    example_plan: ExamplePlan, protocols: WardProtocols
) -> None:
    plan = example_plan("plan_example_crossover")
    for days, points, words in ((14, 14 * 24, "Levels by the hour."), (365, 365, "The mean level of each day.")):
        last = plan.starts_on + timedelta(days=days - 1)
        panel = effect_panel(plan, protocols, protocols.time_course, first_day=plan.starts_on, last_day=last)
        assert [line.name for line in panel.bands] == [
            "lorazepam",
            "diazepam",
            "active metabolite of diazepam",
            "all medicines together",
        ]
        assert len(panel.times) == points <= MOST_POINTS
        assert all(len(line.low) == len(line.high) == points for line in panel.bands)
        assert panel.words[:2] == (WHAT_IT_IS, words)
        assert panel.words[-1].startswith(
            "Protracted signs last longer than 1–2 months, up to a year or more (Local default"
        )


def test_only_the_windows_that_touch_the_stretch_are_drawn(example_plan: ExamplePlan, protocols: WardProtocols) -> None:
    """Three weeks from day 20 on: the first cut's window ends on day 28, the third cut comes on day 29."""
    plan = example_plan("plan_example_taper")
    first = plan.starts_on + timedelta(days=19)
    panel = effect_panel(plan, protocols, protocols.time_course, first_day=first, last_day=first + timedelta(days=20))
    assert [after.step for after in panel.after_cuts] == [1, 2, 3]


def test_a_medicine_without_a_level_is_named_in_words(example_plan: ExamplePlan, protocols: WardProtocols) -> None:
    plan = example_plan("plan_example_taper")
    medicines = {name: one for name, one in protocols.medicines.items() if name != "clonazepam"}
    unknown = {"clonazepam": protocols.medicines["clonazepam"].model_copy(update={"half_life": None})}
    without = type(protocols)(
        **{
            name: getattr(protocols, name)
            for name in protocols.__dataclass_fields__
            if not name.startswith("_") and name != "medicines"
        },
        medicines=medicines | unknown,
    )
    panel = effect_panel(plan, without, protocols.time_course, first_day=plan.starts_on, last_day=plan.starts_on)
    assert panel.bands == ()
    assert panel.words[2] == "No level is drawn for clonazepam: no half-life was read in a source."
    assert panel.after_cuts[0].settling is None
