"""Everything in ``protocols/``, read and checked: what the pure core works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from taper_app.clinical.protocol.aftercare import AftercareServices
from taper_app.clinical.protocol.citation import Source
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.escalation_rules import EscalationFile, RuleBook
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Form, Medicine, Product
from taper_app.clinical.protocol.release_rules import ReleaseRules
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.clinical.quantities import MedicineId, ProductId, mg_text


@dataclass(frozen=True, slots=True)
class StockedProduct:
    """A product together with its medicine and id, as a plan uses it."""

    id: ProductId
    medicine: MedicineId
    product: Product

    @property
    def in_words(self) -> str:
        """``0.125 mg orally disintegrating tablet``, ``oral liquid 1 mg per mL``."""
        strength = mg_text(self.product.strength_mg)
        if self.product.form is Form.LIQUID:
            return f"oral liquid {strength} per mL"
        return f"{strength} {self.product.form.in_words}"


@dataclass(frozen=True, slots=True)
class Protocols:
    """The library of protocol files. ``sha256`` gives each file's fingerprint by the id of what it holds."""

    sources: Mapping[str, Source]
    medicines: Mapping[str, Medicine]
    equivalence: Mapping[str, EquivalenceTable]
    tapers: Mapping[str, PublishedTaper]
    limits: PlanLimits
    scales: Mapping[str, Scale]
    vital_limits: VitalLimits
    escalation: Mapping[str, EscalationFile]
    rules: RuleBook
    aftercare: AftercareServices
    handoff_texts: HandoffTexts
    release: ReleaseRules
    sha256: Mapping[str, str]
    market: str = "us"
    _products: Mapping[ProductId, StockedProduct] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        stocked = {
            product.product_id(medicine.medicine_id): StockedProduct(
                product.product_id(medicine.medicine_id), medicine.medicine_id, product
            )
            for medicine in self.medicines.values()
            for product in medicine.products
        }
        object.__setattr__(self, "_products", MappingProxyType(stocked))

    def medicine_named(self, text: str) -> Medicine | None:
        """The medicine somebody meant by a generic or brand name, None when no file has it."""
        return next((medicine for medicine in self.medicines.values() if medicine.named(text)), None)

    def product(self, product_id: str) -> StockedProduct | None:
        return self._products.get(ProductId(product_id))

    def products_of(self, medicine: str) -> tuple[StockedProduct, ...]:
        """All products of a medicine that the market has, smallest strength first."""
        found = [
            stocked
            for stocked in self._products.values()
            if stocked.medicine == medicine and self.market in stocked.product.markets
        ]
        return tuple(sorted(found, key=lambda stocked: (stocked.product.strength_mg, stocked.id)))

    def source_short(self, source_id: str) -> str:
        """How a source is named beside a number."""
        source = self.sources.get(source_id)
        return source.short if source else source_id
