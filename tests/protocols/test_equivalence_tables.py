"""Every table of equivalents under its own name, against the rows copied from the sources (worked_examples/*.csv)."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols

ROWS = Path(__file__).parents[1] / "worked_examples"
CONVERTING = {
    "Ashton": "ashton-2002",
    "VA/DoD 2021": "va-dod-2021",
    "WHO 2009": "who-2009",
    "NHS Scotland 2024": "scotland-2024",
    "eTG/NSW": "etg-nsw",
}
REFERENCE = {
    "ClinCalc": "clincalc",
    "Pharmacist's Letter 2024": "pharmacists-letter-2024",
    "Clin Handbook Psychotropics 4e": "clinical-handbook-4e",
    "CCJM (Bird 1994)": "ccjm-1994",
    "BNF (textbook quote)": "bnf-textbook",
}
EVIDENCE = {"S": "read", "S-second-hand": "second-hand", "K": "unverified"}
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    with (ROWS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            row | {"drug": row["drug"].removesuffix("_oral")}
            for row in csv.DictReader(file)
            if row["source"] != "reference"
        ]


PRINTED = rows_of("equivalents_by_source")
IN_TEXT = rows_of("equivalents_in_text")


@pytest.fixture(scope="module")
def protocols() -> Protocols:
    return load_protocols()


def table_of(row: Row, protocols: Protocols) -> EquivalenceTable:
    if row["source"] in CONVERTING:
        return protocols.equivalence[CONVERTING[row["source"]]]
    return protocols.reference_tables[REFERENCE[row["source"]]]


def test_the_five_named_tables_convert_and_the_others_are_only_shown(protocols: Protocols) -> None:
    assert set(protocols.equivalence) == set(CONVERTING.values())
    assert set(protocols.reference_tables) == set(REFERENCE.values())


def test_what_was_read_comes_before_a_second_hand_table(protocols: Protocols) -> None:
    """A sentence names the first of two tables that agree."""
    assert list(protocols.equivalence)[-1] == "etg-nsw"


@pytest.mark.parametrize("row", [*PRINTED, *IN_TEXT], ids=lambda row: f"{row['drug']}, {row['source']}")
def test_a_file_says_what_its_source_prints(row: Row, protocols: Protocols) -> None:
    entry = table_of(row, protocols).entry(row["drug"])
    assert entry is not None
    ten = Fraction(10)
    assert ten / entry.diazepam_mg_per_mg_high == Fraction(row["mg_equal_to_diazepam_10mg_low"])
    assert ten / entry.diazepam_mg_per_mg_low == Fraction(row["mg_equal_to_diazepam_10mg_high"])


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: f"{row['drug']}, {row['source']}")
def test_a_file_keeps_the_printed_figures_and_how_they_were_obtained(row: Row, protocols: Protocols) -> None:
    entry = table_of(row, protocols).entry(row["drug"])
    assert entry is not None
    assert entry.evidence.value == EVIDENCE[row["tag"]]
    if row["printed_mg_low"]:
        assert (entry.printed_mg_low, entry.printed_mg_high) == (
            Decimal(row["printed_mg_low"]),
            Decimal(row["printed_mg_high"]),
        )
        assert entry.printed_against_diazepam_mg == Decimal(row["printed_against_diazepam_mg"])
        assert entry.printed_mg_central is None
    else:
        central = re.fullmatch(r"10 \(central ([\d.]+)\)", row["printed_against_diazepam_mg"])
        assert central is not None
        assert entry.printed_mg_central == Decimal(central[1])


def test_no_file_has_a_figure_that_no_row_has(protocols: Protocols) -> None:
    known = {(table_of(row, protocols).id, row["drug"]) for row in (*PRINTED, *IN_TEXT)}
    for table in (*protocols.equivalence.values(), *protocols.reference_tables.values()):
        for entry in table.entries:
            assert entry.medicine == "diazepam" or (table.id, entry.medicine) in known


def test_every_table_counts_in_diazepam(protocols: Protocols) -> None:
    for table in (*protocols.equivalence.values(), *protocols.reference_tables.values()):
        diazepam = table.entry("diazepam")
        assert diazepam is not None
        assert diazepam.diazepam_mg_per_mg_low == diazepam.diazepam_mg_per_mg_high == 1


def test_every_medicine_can_be_converted_by_some_table(protocols: Protocols) -> None:
    for medicine in protocols.medicines:
        assert any(table.entry(medicine) for table in protocols.equivalence.values()), medicine


def test_no_table_keeps_silent_about_a_medicine(protocols: Protocols) -> None:
    for table in (*protocols.equivalence.values(), *protocols.reference_tables.values()):
        assert {entry.medicine for entry in table.entries} | set(table.does_not_list) == set(protocols.medicines)


@pytest.mark.parametrize(
    ("table", "medicine", "low", "high"),
    [
        ("ashton-2002", "bromazepam", Fraction(10, 6), Fraction(2)),
        ("ashton-2002", "estazolam", Fraction(5), Fraction(10)),
        ("scotland-2024", "loprazolam", Fraction(5), Fraction(10)),
    ],
)
def test_a_printed_range_stays_a_range(
    table: str, medicine: str, low: Fraction, high: Fraction, protocols: Protocols
) -> None:
    """Milligrams of diazepam per milligram: the larger printed figure gives the smaller diazepam dose."""
    entry = protocols.equivalence[table].entry(medicine)
    assert entry is not None
    assert (entry.diazepam_mg_per_mg_low, entry.diazepam_mg_per_mg_high) == (low, high)


def test_the_ashton_figures_that_the_guideline_prints_cite_the_guideline(protocols: Protocols) -> None:
    """The rest comes from a copy, and says so."""
    cited = {row["drug"]: row["source_url"] for row in PRINTED if row["source"] == "Ashton"}
    for medicine, url in cited.items():
        entry = protocols.equivalence["ashton-2002"].entry(medicine)
        assert entry is not None
        wanted = "asam-2025-pocket-p18" if "eguideline" in url else "ashton-table-adfd" if url else "local-default"
        assert entry.source == wanted, medicine
