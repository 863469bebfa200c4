"""The medicines: which there are, their products, scoring and codes, names, half-lives, and what is unverified."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form, Medicine, Split, folded
from taper_app.protocol_files import load_protocols

BENZODIAZEPINES = [
    "alprazolam",
    "bromazepam",
    "chlordiazepoxide",
    "clobazam",
    "clonazepam",
    "clorazepate",
    "diazepam",
    "estazolam",
    "flunitrazepam",
    "flurazepam",
    "halazepam",
    "ketazolam",
    "loprazolam",
    "lorazepam",
    "lormetazepam",
    "medazepam",
    "midazolam",
    "nitrazepam",
    "nordazepam",
    "oxazepam",
    "prazepam",
    "quazepam",
    "temazepam",
    "triazolam",
]
Z_DRUGS = ["zaleplon", "zolpidem", "zopiclone", "eszopiclone"]

#: RxNorm clinical drugs, from the value set that the files cite. A wrong code is a wrong medicine.
RXNORM = {
    "alprazolam-tablet-0.25mg": "308047",
    "alprazolam-tablet-0.5mg": "308048",
    "alprazolam-tablet-1mg": "197321",
    "alprazolam-tablet-2mg": "197322",
    "alprazolam-xr-tablet-0.5mg": "433798",
    "alprazolam-xr-tablet-1mg": "433800",
    "alprazolam-xr-tablet-2mg": "433799",
    "alprazolam-xr-tablet-3mg": "433801",
    "chlordiazepoxide-capsule-5mg": "905516",
    "chlordiazepoxide-capsule-10mg": "905369",
    "chlordiazepoxide-capsule-25mg": "905495",
    "clobazam-tablet-10mg": "199450",
    "clobazam-tablet-20mg": "246172",
    "clobazam-liquid-2.5mg-per-ml": "1366192",
    "clonazepam-tablet-0.5mg": "197527",
    "clonazepam-tablet-1mg": "197528",
    "clonazepam-tablet-2mg": "197529",
    "clonazepam-odt-0.125mg": "349194",
    "clonazepam-odt-0.25mg": "349195",
    "clonazepam-odt-0.5mg": "349198",
    "clonazepam-odt-1mg": "349196",
    "clonazepam-odt-2mg": "349197",
    "clorazepate-tablet-3.75mg": "197465",
    "clorazepate-tablet-7.5mg": "197466",
    "clorazepate-tablet-15mg": "197464",
    "diazepam-tablet-2mg": "197590",
    "diazepam-tablet-5mg": "197591",
    "diazepam-tablet-10mg": "197589",
    "diazepam-liquid-1mg-per-ml": "309843",
    "diazepam-liquid-5mg-per-ml": "309844",
    "estazolam-tablet-1mg": "197653",
    "estazolam-tablet-2mg": "197654",
    "flurazepam-capsule-15mg": "1298088",
    "flurazepam-capsule-30mg": "1298091",
    "lorazepam-tablet-0.5mg": "197900",
    "lorazepam-tablet-1mg": "197901",
    "lorazepam-tablet-2mg": "197902",
    "lorazepam-liquid-2mg-per-ml": "311376",
    "lorazepam-xr-capsule-1mg": "2569564",
    "lorazepam-xr-capsule-2mg": "2569573",
    "lorazepam-xr-capsule-3mg": "2569577",
    "oxazepam-capsule-10mg": "198057",
    "oxazepam-capsule-15mg": "312134",
    "oxazepam-capsule-30mg": "198059",
    "quazepam-tablet-7.5mg": "198184",
    "quazepam-tablet-15mg": "198183",
    "temazepam-capsule-7.5mg": "198243",
    "temazepam-capsule-15mg": "198241",
    "temazepam-capsule-22.5mg": "485489",
    "temazepam-capsule-30mg": "198242",
    "triazolam-tablet-0.125mg": "198317",
    "triazolam-tablet-0.25mg": "198318",
}
RXNORM_INGREDIENTS = {
    "alprazolam": "596",
    "clonazepam": "2598",
    "diazepam": "3322",
    "lorazepam": "6470",
    "oxazepam": "7781",
    "clobazam": "21241",
    "midazolam": "6960",
}
#: Every tablet that may be halved: only where a source prints scoring. None may be quartered.
HALVED = {
    "us": {
        "clobazam-tablet-10mg",
        "clobazam-tablet-20mg",
        "clonazepam-tablet-0.5mg",
        "diazepam-tablet-2mg",
        "diazepam-tablet-5mg",
        "diazepam-tablet-10mg",
        "lorazepam-tablet-1mg",
        "lorazepam-tablet-2mg",
    },
    "uk": {"diazepam-tablet-5mg"},
    "au": {"lorazepam-tablet-1mg", "lorazepam-tablet-2.5mg"},
    "nz": {"lorazepam-tablet-1mg", "lorazepam-tablet-2.5mg"},
}
SHORT_ACTING = [
    "alprazolam",
    "bromazepam",
    "estazolam",
    "eszopiclone",
    "halazepam",
    "ketazolam",
    "loprazolam",
    "lorazepam",
    "lormetazepam",
    "midazolam",
    "oxazepam",
    "temazepam",
    "triazolam",
    "zaleplon",
    "zolpidem",
    "zopiclone",
]


@pytest.fixture(scope="module")
def protocols() -> Protocols:
    return load_protocols()


def test_every_oral_benzodiazepine_and_z_drug_of_the_evidence_is_there(protocols: Protocols) -> None:
    assert (len(BENZODIAZEPINES), len(Z_DRUGS)) == (24, 4)
    assert set(protocols.medicines) == {*BENZODIAZEPINES, *Z_DRUGS}


def test_each_rxnorm_code_stands_on_its_own_product_and_nowhere_else(protocols: Protocols) -> None:
    found = {
        product.product_id(medicine.medicine_id): product.rxcui
        for medicine in protocols.medicines.values()
        for product in medicine.products
        if product.rxcui
    }
    assert found == RXNORM
    assert {m.id: m.rxcui_ingredient for m in protocols.medicines.values() if m.rxcui_ingredient} == RXNORM_INGREDIENTS


@pytest.mark.parametrize("market", HALVED)
def test_a_tablet_is_split_only_where_its_scoring_was_read(market: str) -> None:
    library = load_protocols(market=market)
    split = {
        stocked.id: stocked.product.splits_into
        for medicine in library.medicines
        for stocked in library.products_of(medicine)
        if stocked.product.splits_into is not Split.NONE
    }
    assert split == dict.fromkeys(HALVED[market], Split.HALF)


def test_no_capsule_modified_release_or_melting_form_is_ever_split(protocols: Protocols) -> None:
    for medicine in protocols.medicines.values():
        for product in medicine.products:
            if product.form is not Form.TABLET:
                assert product.splits_into is Split.NONE, product.product_id(medicine.medicine_id)


def test_every_half_can_be_written_down_in_tenths_of_a_microgram(protocols: Protocols) -> None:
    for medicine in protocols.medicines.values():
        for product in medicine.products:
            assert product.strength_mg * 10_000 % product.splits_into.parts == 0


@pytest.mark.parametrize(
    "product",
    [
        "alprazolam-xr-tablet-1mg",
        "temazepam-capsule-15mg",
        "temazepam-tablet-10mg",
        "temazepam-liquid-2mg-per-ml",
        "clobazam-film-5mg",
        "clobazam-liquid-1mg-per-ml",
        "clonazepam-liquid-0.1mg-per-ml",
        "diazepam-liquid-0.4mg-per-ml",
        "lorazepam-xr-capsule-1.5mg",
        "lorazepam-tablet-2.5mg",
        "zolpidem-sl-tablet-1.75mg",
        "zolpidem-xr-tablet-6.25mg",
        "zopiclone-tablet-3.75mg",
        "eszopiclone-tablet-1mg",
        "zaleplon-capsule-5mg",
    ],
)
def test_a_product_is_found_by_medicine_form_and_strength(product: str, protocols: Protocols) -> None:
    stocked = protocols.product(product)
    assert stocked is not None
    assert stocked.id == product


def test_the_smallest_volume_of_every_liquid_is_the_default(protocols: Protocols) -> None:
    for medicine in protocols.medicines.values():
        for product in medicine.products:
            if product.form is Form.LIQUID:
                assert product.smallest_ml == Decimal("0.5")
                assert "smallest volume" in product.where or "concentrate" in product.where


@pytest.mark.parametrize(
    ("medicine", "low", "moderate"), [("clonazepam", "0.5", "1.5"), ("lorazepam", "2", "3"), ("alprazolam", "1", "2")]
)
def test_three_medicines_have_printed_dose_bands_of_their_own(
    medicine: str, low: str, moderate: str, protocols: Protocols
) -> None:
    bands = protocols.medicines[medicine].dose_bands
    assert bands is not None
    assert (bands.low_up_to_mg, bands.moderate_up_to_mg) == (Decimal(low), Decimal(moderate))


def test_the_others_have_the_bands_in_diazepam_equivalents(protocols: Protocols) -> None:
    own = {medicine.id for medicine in protocols.medicines.values() if medicine.dose_bands}
    assert own == {"alprazolam", "clonazepam", "lorazepam"}
    bands = protocols.limits.dose_bands_otherwise
    assert (bands.low_up_to_diazepam_mg, bands.moderate_up_to_diazepam_mg) == (10, 15)


def test_long_lasting_medicines_that_build_up_are_refused_as_targets_in_liver_disease(protocols: Protocols) -> None:
    refused = {m.id for m in protocols.medicines.values() if m.liver and m.liver.refuse_as_target}
    assert refused == {"clonazepam", "diazepam", "chlordiazepoxide"}


def test_two_medicines_are_also_taken_for_epilepsy(protocols: Protocols) -> None:
    assert {m.id for m in protocols.medicines.values() if m.used_for_epilepsy} == {"clonazepam", "clobazam"}


def test_short_acting_medicines_are_named(protocols: Protocols) -> None:
    assert sorted(m.id for m in protocols.medicines.values() if m.acting.short_acting) == SHORT_ACTING


def test_a_classification_worked_out_from_the_half_life_follows_it(protocols: Protocols) -> None:
    """No printed class: short-acting when the whole range of the half-life lies within a day."""
    for medicine in protocols.medicines.values():
        if medicine.acting.evidence.value == "derived":
            assert medicine.half_life is not None, medicine.id
            assert medicine.acting.short_acting == (medicine.half_life.high_hours <= 24), medicine.id


@pytest.mark.parametrize(
    ("medicine", "low", "high"),
    [
        ("alprazolam", "6", "12"),
        ("bromazepam", "10", "20"),
        ("chlordiazepoxide", "5", "30"),
        ("clobazam", "12", "60"),
        ("clonazepam", "18", "50"),
        ("clorazepate", "36", "200"),
        ("diazepam", "20", "100"),
        ("estazolam", "10", "24"),
        ("flunitrazepam", "18", "26"),
        ("flurazepam", "40", "250"),
        ("loprazolam", "6", "12"),
        ("lorazepam", "10", "20"),
        ("lormetazepam", "10", "12"),
        ("nitrazepam", "15", "38"),
        ("nordazepam", "36", "200"),
        ("oxazepam", "4", "15"),
        ("quazepam", "25", "100"),
        ("temazepam", "8", "22"),
        ("triazolam", "2", "2"),
        ("zolpidem", "2", "2"),
        ("zopiclone", "5", "6"),
        ("eszopiclone", "5", "8"),
    ],
)
def test_the_main_half_life_is_the_one_of_its_source(medicine: str, low: str, high: str, protocols: Protocols) -> None:
    found = protocols.medicines[medicine].half_life
    assert found is not None
    assert (found.low_hours, found.high_hours) == (Decimal(low), Decimal(high))


def test_without_a_half_life_read_in_a_source_a_medicine_counts_as_short_acting(protocols: Protocols) -> None:
    unread = [medicine for medicine in protocols.medicines.values() if medicine.half_life is None]
    assert {medicine.id for medicine in unread} == {"halazepam", "ketazolam", "midazolam"}
    assert all(m.acting.short_acting and m.acting.evidence.value == "unverified" for m in unread)


@pytest.mark.parametrize(
    ("medicine", "low", "high"),
    [("diazepam", 36, 200), ("chlordiazepoxide", 36, 200), ("clobazam", 71, 82), ("flurazepam", 48, 120)],
)
def test_a_long_lasting_metabolite_is_kept_beside_its_parent(
    medicine: str, low: int, high: int, protocols: Protocols
) -> None:
    found = protocols.medicines[medicine].active_metabolite_half_life
    assert found is not None
    assert (found.low_hours, found.high_hours) == (low, high)


def test_no_name_stands_for_two_medicines(protocols: Protocols) -> None:
    names = [(folded(name), m.id) for m in protocols.medicines.values() for name in {m.id, *m.names}]
    assert len({name for name, _ in names}) == len(names)


@pytest.mark.parametrize(
    ("brand", "medicine"),
    [
        ("Xanax", "alprazolam"),
        ("Ativan", "lorazepam"),
        ("VALIUM", "diazepam"),
        ("Rivotril", "clonazepam"),
        ("Restoril", "temazepam"),
        ("halcion", "triazolam"),
        ("Ambien", "zolpidem"),
        ("Lunesta", "eszopiclone"),
        ("Sonata", "zaleplon"),
        ("Imovane", "zopiclone"),
        ("Librium", "chlordiazepoxide"),
        ("Tranxene", "clorazepate"),
        ("Serax", "oxazepam"),
        ("Onfi", "clobazam"),
        ("Frisium", "clobazam"),
        ("Pro Som", "estazolam"),
        ("Mogadon", "nitrazepam"),
        ("Clonazépam", "clonazepam"),
    ],
)
def test_a_brand_names_its_medicine(brand: str, medicine: str, protocols: Protocols) -> None:
    found = protocols.medicine_named(brand)
    assert found is not None
    assert found.id == medicine
    assert found.named(brand)


def test_tall_man_letters_only_where_a_list_has_them(protocols: Protocols) -> None:
    tall = {m.id: m.tall_man for m in protocols.medicines.values() if m.tall_man}
    assert tall == {
        "alprazolam": "ALPRAZolam",
        "lorazepam": "LORazepam",
        "clonazepam": "clonazePAM",
        "chlordiazepoxide": "chlordiazePOXIDE",
        "diazepam": "diazePAM",
        "clobazam": "cloBAZam",
    }


def test_names_that_are_mistaken_for_each_other_say_so_on_both_sides(protocols: Protocols) -> None:
    for medicine in protocols.medicines.values():
        for name in medicine.look_alikes:
            other = protocols.medicine_named(name)
            if other is not None:
                assert _is_warned_of(medicine, other), f"{other.id} does not name {medicine.id}"


def _is_warned_of(medicine: Medicine, other: Medicine) -> bool:
    return bool({folded(name) for name in medicine.names} & {folded(name) for name in other.look_alikes})


def test_what_nobody_read_in_a_source_is_marked(protocols: Protocols) -> None:
    marked = {
        product.product_id(medicine.medicine_id)
        for medicine in protocols.medicines.values()
        for product in medicine.products
        if product.evidence.value == "unverified"
    }
    assert marked == {
        "alprazolam-odt-0.25mg",
        "alprazolam-odt-0.5mg",
        "alprazolam-odt-1mg",
        "alprazolam-odt-2mg",
        "alprazolam-liquid-1mg-per-ml",
        "chlordiazepoxide-capsule-5mg",
        "chlordiazepoxide-capsule-10mg",
        "diazepam-liquid-5mg-per-ml",
        "diazepam-liquid-0.4mg-per-ml",
        "lorazepam-xr-capsule-1.5mg",
        "lorazepam-liquid-1mg-per-ml",
    }


def test_a_market_has_its_own_products() -> None:
    us, uk, au = (load_protocols(market=market) for market in ("us", "uk", "au"))
    assert {product.id for product in uk.products_of("temazepam")} == {
        "temazepam-liquid-2mg-per-ml",
        "temazepam-tablet-10mg",
        "temazepam-tablet-20mg",
    }
    assert all("capsule" in product.id for product in us.products_of("temazepam"))
    assert {product.id for product in au.products_of("lorazepam")} == {"lorazepam-tablet-1mg", "lorazepam-tablet-2.5mg"}
    assert us.markets == {"us", "uk", "au", "nz"}


def test_the_default_products_of_the_first_three_medicines_stay_those_of_before(protocols: Protocols) -> None:
    """Plans that were made without a list of products come out the same."""
    found = {
        medicine: [p.id for p in protocols.products_of(medicine) if p.product.form.is_immediate_release_solid]
        for medicine in ("clonazepam", "diazepam", "lorazepam")
    }
    assert found == {
        "clonazepam": [
            "clonazepam-odt-0.125mg",
            "clonazepam-odt-0.25mg",
            "clonazepam-odt-0.5mg",
            "clonazepam-tablet-0.5mg",
            "clonazepam-odt-1mg",
            "clonazepam-tablet-1mg",
            "clonazepam-odt-2mg",
            "clonazepam-tablet-2mg",
        ],
        "diazepam": ["diazepam-tablet-2mg", "diazepam-tablet-5mg", "diazepam-tablet-10mg"],
        "lorazepam": ["lorazepam-tablet-0.5mg", "lorazepam-tablet-1mg", "lorazepam-tablet-2mg"],
    }
