"""What the checker found: violations, breaches that somebody is asked to sign, and what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one step (None: the plan as a whole) does not keep."""

    rule: str
    step: int | None
    message: str

    def as_json(self) -> dict[str, object]:
        return {"rule": self.rule, "step": self.step, "message": self.message}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The judgement of one plan; ``ok`` says that nothing was violated, not that everything could be judged."""

    violations: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    not_judged: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.ok,
            "violations": [finding.as_json() for finding in self.violations],
            "accepted": [finding.as_json() for finding in self.accepted],
            "not_judged": list(self.not_judged),
        }


@dataclass(slots=True)
class Findings:
    """Collects while the rules run; the same sentence is kept once."""

    _violations: dict[Finding, None] = field(default_factory=dict)
    _accepted: dict[Finding, None] = field(default_factory=dict)
    _not_judged: dict[str, None] = field(default_factory=dict)

    def violated(self, rule: str, step: int | None, message: str) -> None:
        self._violations[Finding(rule, step, message)] = None

    def accepted(self, rule: str, step: int | None, message: str) -> None:
        """A breach that a ``sign`` warning of the plan names: a prescriber accepts it when signing."""
        self._accepted[Finding(rule, step, message)] = None

    def not_judged(self, sentence: str) -> None:
        self._not_judged[sentence] = None

    def result(self) -> CheckResult:
        def by_step(finding: Finding) -> tuple[int, str]:
            return (finding.step or 0, finding.rule)

        return CheckResult(
            tuple(sorted(self._violations, key=by_step)),
            tuple(sorted(self._accepted, key=by_step)),
            tuple(self._not_judged),
        )
