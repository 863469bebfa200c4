"""Everything in ``protocols/``, read and checked: what charting, escalation and the handoff need beside a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from taper_app.clinical.protocol.aftercare import AftercareServices
from taper_app.clinical.protocol.bedside_rules import BedsideRules
from taper_app.clinical.protocol.escalation_rules import EscalationFile, RuleBook
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.release_rules import ReleaseRules
from taper_app.clinical.protocol.rule_differences import RuleDifference
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.site_scales import SwitchedOn
from taper_app.clinical.protocol.time_course import TimeCourse
from taper_app.clinical.protocol.vital_limits import VitalLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class WardProtocols(Protocols):
    """The whole library of protocol files."""

    scales: Mapping[str, Scale]
    vital_limits: VitalLimits
    bedside: BedsideRules
    escalation: Mapping[str, EscalationFile]
    rules: RuleBook
    aftercare: AftercareServices
    handoff_texts: HandoffTexts
    release: ReleaseRules
    time_course: TimeCourse
    #: Scales that ship switched off and that this site has a permission for, by id.
    switched_on: Mapping[str, SwitchedOn] = field(default_factory=dict)
    #: The site's own escalation files, by id, and what they change; ``escalation`` and ``rules`` are as they act here.
    site_rules: frozenset[str] = frozenset()
    rule_differences: tuple[RuleDifference, ...] = ()

    def offers(self, scale_id: str) -> bool:
        """Whether the forms offer a scale here: it ships switched on, or the site has switched it on."""
        return self.scales[scale_id].enabled or scale_id in self.switched_on
