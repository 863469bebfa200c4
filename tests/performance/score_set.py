"""How long all scores of one observation set take: ``just bench`` prints it and judges nothing (wanted: 2 ms).

Processor time, the median of some runs of a hundred sets each. ``whole`` is the full answer of the rules beside it.
"""

from __future__ import annotations

from typing import Any

from bench import milliseconds
from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.set_scales import scores_of_set
from taper_app.clinical.escalation.assess import assess
from taper_app.protocol_files import load_protocols

SETS = 100
VITALS = {
    "respiratory_rate": 16,
    "spo2": 93,
    "on_oxygen": True,
    "systolic": 120,
    "diastolic": 78,
    "pulse": 70,
    "temperature_c": "37.0",
    "acvpu": "A",
}
EVERYTHING: dict[str, Any] = {
    "vitals": VITALS,
    "ciwa_b": {str(item): 2 for item in (*range(1, 18), 20, 21, 22)},
    "rass": 0,
    "poss": "1",
    "four_at": {"alertness": 0, "amt4": "untestable", "attention": 1, "acute_change": 0},
    "asq": {"q1": "no", "q2": "no", "q3": "yes", "q4": "no", "q5": "no"},
    "cssrs": {"q1": True, "q2": True, "q3": False, "q4": False, "q5": False, "q6_ever": False},
    "phq9": [1] * 9,
    "gad7": [1] * 7,
    "signs": {"catatonia_signs": 1},
}
CASES = {
    "every scale complete": EVERYTHING,
    "every scale with a blank": EVERYTHING | {"ciwa_b": {"1": 2}, "four_at": {"alertness": 0}, "phq9": [None] * 9},
    "vital signs alone": {"vitals": VITALS},
}


def main() -> None:
    protocols = load_protocols()
    scales = protocols.scales
    print(f"{'the scores of one set, ms':42}{'scores':>9}{'whole':>9}")
    for words, written in CASES.items():
        observation = Observation.model_validate(written)
        case = AssessmentCase(observation=observation)

        def score(observation: Observation = observation) -> None:
            for _ in range(SETS):
                scores_of_set(observation, 2, scales)

        def judge(case: AssessmentCase = case) -> None:
            for _ in range(SETS):
                assess(case, protocols.rules, scales, protocols.vital_limits)

        print(f"{words:42}{milliseconds(score) / SETS:9.3f}{milliseconds(judge, runs=5) / SETS:9.3f}")


if __name__ == "__main__":
    main()
