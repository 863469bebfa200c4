"""The shape of ``protocols/self-test/``: simulated patients and orders, each with what a safe site makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from taper_app.clinical.escalation.answer import NextCut, ThisDose
from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry
from taper_app.clinical.protocol.conditions import RuleId
from taper_app.clinical.protocol.escalation_rules import Recipient

Written = dict[str, Any]
GateState = Literal["give", "assess_first", "withhold"]


class Expected(ProtocolEntry):
    """What has to come out, at least. Of a list one answer is enough; a safe site may be stricter than any of it."""

    least_level: Annotated[int, Field(ge=2, le=4)] | None = None
    #: Each of these is told, whoever else is.
    tells: tuple[Recipient, ...] = ()
    next_cut: NextCut | None = None
    this_dose: tuple[ThisDose, ...] = ()
    gate: tuple[GateState, ...] = ()
    #: ``not_read``: an input that has to be refused; ``signed``: refused, or a plan that needs one of ``to_sign``.
    plan: Literal["refused", "signed", "not_read"] | None = None
    to_sign: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        return self != Expected()

    @property
    def is_about_a_plan(self) -> bool:
        return self.plan is not None

    @property
    def is_about_a_set(self) -> bool:
        return self.model_copy(update={"plan": None, "to_sign": ()}).says_something


class SelfTestCase(Cited):
    """One patient or order. ``because``: why it is dangerous, or why nobody should be called.

    ``observation`` (with ``patient`` and ``history``) is in the shape of ``taper assess``, ``request`` in that of
    ``taper plan``; each is laid over the file's own base. ``caught_by``: the shipped rules that answer for it.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}$")]
    name: str = Field(min_length=3)
    dangerous: bool
    because: str = Field(min_length=3)
    hazard: Annotated[str, Field(pattern=r"^H[0-9]{3}$")] | None = None
    caught_by: tuple[RuleId, ...] = ()
    patient: Written = Field(default_factory=dict)
    history: tuple[Written, ...] = ()
    observation: Written | None = None
    request: Written | None = None
    expect: Expected = Expected()

    @model_validator(mode="after")
    def _can_be_judged(self) -> SelfTestCase:
        faults = list(self._faults())
        if faults:
            raise ValueError(f"{self.id}: {' '.join(faults)}")
        return self

    def _faults(self) -> Iterator[str]:
        if (self.observation is None) == (self.request is None):
            yield "give an observation or a request, one of the two."
        if self.dangerous and not self.expect.says_something:
            yield "a dangerous case says in expect what has to come out."
        if not self.dangerous and self.expect.says_something:
            yield "a harmless case expects quiet; leave expect out."
        if self.request is None and self.expect.is_about_a_plan:
            yield "plan is expected of a request only."
        if self.request is not None and self.expect.is_about_a_set:
            yield "levels, doses and the gate are expected of an observation only."
        if (self.expect.plan == "signed") != bool(self.expect.to_sign):
            yield 'plan = "signed" and to_sign go together.'

    @property
    def is_order(self) -> bool:
        return self.request is not None


class Base(ProtocolEntry):
    """What every case of a file starts from."""

    patient: Written = Field(default_factory=dict)
    observation: Written = Field(default_factory=dict)
    request: Written = Field(default_factory=dict)


class SelfTestFile(ProtocolEntry):
    """The cases of one topic."""

    id: Identifier
    title: str = Field(min_length=3)
    version: str = Field(min_length=4)
    base: Base = Base()
    cases: tuple[SelfTestCase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_case_once(self) -> SelfTestFile:
        ids = [case.id for case in self.cases]
        twice = sorted({case_id for case_id in ids if ids.count(case_id) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice in this file; give each case its own id.")
        return self

    def written_set(self, case: SelfTestCase) -> Written:
        """The case as ``taper assess`` is asked it."""
        return {
            "patient": laid_over(self.base.patient, case.patient),
            "history": [laid_over(self.base.observation, earlier) for earlier in case.history],
            "observation": laid_over(self.base.observation, case.observation or {}),
        }

    def written_request(self, case: SelfTestCase) -> Written:
        """The case as ``taper plan`` is asked it."""
        return laid_over(self.base.request, case.request or {})


def laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> Written:
    """``own`` on top of ``base``, table by table; a list or a value is taken whole, and ``"-"`` takes a field out."""
    both = dict(base)
    for name, value in own.items():
        beneath = both.get(name)
        if isinstance(value, Mapping) and isinstance(beneath, Mapping):
            both[name] = laid_over(beneath, value)
        elif value == "-":
            both.pop(name, None)
        else:
            both[name] = value
    return both
