"""Random cases of an assessment, in the shape in which they are sent: any part may be missing."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

AT = "2026-12-01T08:00:00-05:00"
ITEMS = [str(number) for number in (*range(1, 18), 20, 21, 22)]


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


answers = st.sampled_from(["yes", "no", "not_assessed"])
patients = st.fixed_dictionaries(
    {
        "age_years": maybe(st.integers(16, 95)),
        "opioid_co_use": answers,
        "alcohol_co_use": answers,
        "benzodiazepine_dependent": answers,
        "naloxone_available": answers,
        "short_acting": answers,
        "spo2_scale": st.sampled_from([1, 2]),
        "last_level": maybe(st.integers(1, 4)),
    }
)
vitals = st.fixed_dictionaries(
    {
        "respiratory_rate": maybe(st.integers(0, 59)),
        "spo2": maybe(st.integers(51, 100)),
        "on_oxygen": maybe(st.booleans()),
        "systolic": maybe(st.integers(61, 300)),
        "diastolic": maybe(st.integers(1, 60)),
        "pulse": maybe(st.integers(0, 250)),
        "temperature_c": maybe(st.integers(280, 440).map(lambda tenths: f"{tenths // 10}.{tenths % 10}")),
        "acvpu": maybe(st.sampled_from("ACVPU")),
    }
)
seizures = st.fixed_dictionaries(
    {
        "kind": st.just("seizure"),
        "duration_minutes": maybe(st.integers(0, 30)),
        "ongoing": maybe(st.booleans()),
        "recovered": maybe(st.booleans()),
    }
)
hallucinations = st.fixed_dictionaries({"kind": st.just("hallucination"), "insight": maybe(st.booleans())})
others = st.sampled_from(["fall", "vomiting", "suicidal_thoughts", "left_against_advice", "other"]).map(
    lambda kind: {"kind": kind}
)
events = st.one_of(seizures, hallucinations, others)
ciwa_b = st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 4), max_size=20)
observations = st.fixed_dictionaries(
    {
        "at": st.just(AT),
        "vitals": vitals,
        "ciwa_b": ciwa_b,
        "rass": maybe(st.integers(-5, 4)),
        "poss": maybe(st.sampled_from(["S", "1", "2", "3", "4"])),
        "events": maybe(st.lists(events, max_size=3)),
        "symptoms": st.dictionaries(st.sampled_from(["tremor", "light", "sound", "touch"]), st.integers(0, 4)),
        "dose_due": maybe(st.booleans()),
    }
)
cases = st.fixed_dictionaries({"patient": patients, "observation": observations})
