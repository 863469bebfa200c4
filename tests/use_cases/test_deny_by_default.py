"""Every use-case that acts for a person asks the rights table; a new one that does not is noticed here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import taper_app.use_cases
from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.plan_taper import request_plan_change, try_plan

#: The mechanism itself, and the functions that work inside somebody else's check.
_INSIDE = {"permitted", "opened", "change", "look", "audit_reading", "record", "drop_draft", "audit_entry"}


def acting_functions():
    for module in pkgutil.iter_modules(taper_app.use_cases.__path__):
        loaded = importlib.import_module(f"taper_app.use_cases.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            is_own = function.__module__ == loaded.__name__ and not name.startswith("_")
            takes = set(inspect.signature(function).parameters)
            # What is given an open transaction or a chart works inside the check of whoever opened it.
            if is_own and "actor" in takes and not takes & {"writing", "reading", "chart"} and name not in _INSIDE:
                yield pytest.param(function, id=f"{module.name}.{name}")


@pytest.mark.parametrize("function", list(acting_functions()))
def test_it_asks_for_a_right(function):
    source = inspect.getsource(function)
    takes_it = "use_case" in inspect.signature(function).parameters
    assert takes_it or "UseCase." in source, f"{function.__name__} names no row of the rights table"


def test_there_are_use_cases_to_look_at():
    assert len(list(acting_functions())) >= 15


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        (lambda ward, who, episode: ward_board(ward, who, ward.unit.id), (Role.AUDITOR, Role.ADMIN)),
        (lambda ward, who, episode: open_chart(ward, who, episode), (Role.ADMIN,)),
        (
            lambda ward, who, episode: try_plan(ward, who, episode, {}),
            (Role.NURSE, Role.CHARGE_NURSE, Role.PLANNER, Role.AUDITOR, Role.ADMIN),
        ),
        (
            lambda ward, who, episode: request_plan_change(ward, who, episode, "shaky", entry_id="e"),
            (Role.PLANNER, Role.AUDITOR, Role.ADMIN),
        ),
        (
            lambda ward, who, episode: acknowledge_alert(ward, who, episode, "none", entry_id="e"),
            (Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN),
        ),
    ],
)
def test_whoever_has_no_right_is_refused_and_nothing_is_kept(ward, act, roles):
    episode = ward.admit_her()
    for role in roles:
        with pytest.raises(NotAllowed):
            act(ward, ward.person(role), episode)
    with ward.store.reading() as reading:
        assert len(reading.records(EpisodeId(episode))) == 4, "only what the admission kept"


def test_a_colleague_of_another_unit_is_refused(ward):
    episode = ward.admit_her()
    elsewhere = Actor("user-x", "X", Role.PHYSICIAN, "unit-4-west")
    with pytest.raises(NotAllowed):
        open_chart(ward, elsewhere, episode)
