"""A medicine and the products a pharmacy hands out. One file each in ``protocols/medicines/``."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import MedicineId, Milligrams, PlainNumber, ProductId, plain


class Form(StrEnum):
    """How a product is made. Only plain tablets are ever split, and only as far as their file says."""

    TABLET = "tablet"
    CAPSULE = "capsule"
    ODT = "odt"
    XR_TABLET = "xr-tablet"
    XR_CAPSULE = "xr-capsule"
    SL_TABLET = "sl-tablet"
    FILM = "film"
    LIQUID = "liquid"

    @property
    def in_words(self) -> str:
        return {
            "odt": "orally disintegrating tablet",
            "xr-tablet": "modified-release tablet",
            "xr-capsule": "modified-release capsule",
            "sl-tablet": "sublingual tablet",
            "film": "oral film",
            "liquid": "oral liquid",
        }.get(self.value, self.value)

    @property
    def is_immediate_release_solid(self) -> bool:
        """The forms that a request without a product list may use."""
        return self in (Form.TABLET, Form.CAPSULE, Form.ODT)


class Split(StrEnum):
    """The smallest part that a product may be divided into."""

    NONE = "none"
    HALF = "half"
    QUARTER = "quarter"

    @property
    def parts(self) -> int:
        return {"none": 1, "half": 2, "quarter": 4}[self.value]


class Product(Cited):
    """A strength and form of a medicine. ``strength_mg`` is per piece, or per millilitre of a liquid.

    The same strength may stand once for each market: makers score their tablets differently.
    """

    form: Form
    strength_mg: Milligrams = Field(gt=0)
    splits_into: Split = Split.NONE
    smallest_ml: PlainNumber | None = Field(
        default=None, gt=0, description="Smallest volume that can be measured (liquids)."
    )
    markets: tuple[Identifier, ...] = Field(min_length=1)
    rxcui: str | None = Field(default=None, pattern=r"^[0-9]+$")

    @model_validator(mode="after")
    def _whole_unless_a_tablet(self) -> Self:
        if self.form is not Form.TABLET and self.splits_into is not Split.NONE:
            raise ValueError(f'splits_into must be "none" for a {self.form.in_words}: only plain tablets are split.')
        if (self.form is Form.LIQUID) != (self.smallest_ml is not None):
            raise ValueError("smallest_ml belongs to a liquid and every liquid needs it.")
        return self

    def product_id(self, medicine: MedicineId) -> ProductId:
        unit = "mg-per-ml" if self.form is Form.LIQUID else "mg"
        strength = plain(self.strength_mg)
        suffix = f"{strength}{unit}"
        return ProductId(f"{medicine}-{self.form.value}-{suffix}")


class HoursRange(Cited):
    """A range of hours, such as a half-life."""

    low_hours: PlainNumber = Field(gt=0)
    high_hours: PlainNumber = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low_hours > self.high_hours:
            raise ValueError("low_hours must not be above high_hours.")
        return self


class NamedHoursRange(HoursRange):
    """Another source's range, of the parent or of an active metabolite."""

    of: str = Field(min_length=3, description="What the range is of, such as ``parent`` or ``nordiazepam``.")


class Absorption(Cited):
    """How long after a dose its level is highest (Tmax), for forms that are swallowed and release at once."""

    tmax_low_hours: PlainNumber = Field(gt=0)
    tmax_high_hours: PlainNumber = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.tmax_low_hours > self.tmax_high_hours:
            raise ValueError("tmax_low_hours must not be above tmax_high_hours.")
        return self


class NamedAbsorption(Absorption):
    """Another source's range, or that of another form."""

    of: str = Field(
        min_length=3, description="What the range is of, such as ``parent`` or ``modified-release tablet``."
    )


class NoLevelCurve(Cited):
    """Why no level can be worked out though a half-life is printed, as the end of a sentence: ``it is turned …``."""

    why: str = Field(min_length=10)


class DoseBands(Cited):
    """The guideline's printed bands of a day's dose: low up to and including, then moderate up to and including."""

    low_up_to_mg: Milligrams
    moderate_up_to_mg: Milligrams

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low_up_to_mg >= self.moderate_up_to_mg:
            raise ValueError("low_up_to_mg must be below moderate_up_to_mg.")
        return self


class ActingTime(Cited):
    """Whether doses wear off within the day (short-acting) or not."""

    short_acting: bool


class LiverCaution(Cited):
    """Refused as a target, and warned about as present medicine, in liver impairment."""

    refuse_as_target: bool


class Medicine(ProtocolEntry):
    """One oral benzodiazepine or Z-drug."""

    id: Identifier
    name: str = Field(min_length=3)
    tall_man: str = ""
    brands: tuple[str, ...] = ()
    rxcui_ingredient: str | None = Field(default=None, pattern=r"^[0-9]+$")
    acting: ActingTime
    half_life: HoursRange | None = Field(default=None, description="Of the parent; none when no source was read.")
    active_metabolite_half_life: HoursRange | None = None
    other_half_lives: tuple[NamedHoursRange, ...] = Field(
        default=(), description="Ranges that other sources print; sources disagree, so each keeps its own."
    )
    absorption: Absorption | None = Field(default=None, description="Of the parent; none when no source was read.")
    other_absorptions: tuple[NamedAbsorption, ...] = ()
    no_level_curve: NoLevelCurve | None = None
    look_alikes: tuple[str, ...] = Field(default=(), description="Names that are mistaken for this one.")
    dose_bands: DoseBands | None = None
    liver: LiverCaution | None = None
    used_for_epilepsy: bool = False
    products: tuple[Product, ...] = Field(
        default=(), description="Empty when no product was read in a source: it can be taken now, not tapered with."
    )
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _each_product_once_in_a_market(self) -> Self:
        sold = [(one.product_id(self.medicine_id), market) for one in self.products for market in one.markets]
        for product_id, market in sold:
            if sold.count((product_id, market)) > 1:
                raise ValueError(f"The product {product_id} stands twice for the market {market}; keep one.")
        return self

    @property
    def medicine_id(self) -> MedicineId:
        return MedicineId(self.id)

    @property
    def shown_name(self) -> str:
        """Tall-man letters where a list has them."""
        return self.tall_man or self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be asked for by: the generic name first, then the brands."""
        return (self.name, *self.brands)

    def named(self, text: str) -> bool:
        """Whether somebody who typed ``text`` meant this medicine (generic or brand, any letter case)."""
        wanted = folded(text)
        return any(wanted == folded(name) for name in (self.id, *self.names))


def folded(name: str) -> str:
    """A name as it is compared: small letters, without accents, spaces and hyphens."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if not (unicodedata.combining(letter) or letter in _IGNORED))


_IGNORED = frozenset(" \t\r\n-")
