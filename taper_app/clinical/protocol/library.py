"""What a plan needs of ``protocols/``, read and checked. ``ward_library`` holds the rest beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from taper_app.clinical.protocol.citation import Source
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Form, Medicine, Product, folded
from taper_app.clinical.protocol.tapers import PublishedTaper
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocols:
    """The protocol files that a plan is made and judged by.

    ``equivalence`` holds the tables that convert, so that no other one is counted by accident;
    ``reference_tables`` the others, which are only shown. ``site_tapers`` are those of the site's own folder.
    ``sha256`` gives each file's fingerprint by the id of what it holds; a table of equivalents stands there as
    ``equivalence/<id>``, because a taper may have the same id.
    """

    sources: Mapping[str, Source]
    medicines: Mapping[str, Medicine]
    equivalence: Mapping[str, EquivalenceTable]
    tapers: Mapping[str, PublishedTaper]
    limits: PlanLimits
    sha256: Mapping[str, str]
    market: str = "us"
    reference_tables: Mapping[str, EquivalenceTable] = field(default_factory=lambda: MappingProxyType({}))
    site_tapers: frozenset[str] = frozenset()
    _products: Mapping[ProductId, StockedProduct] = field(init=False, repr=False)
    _by_name: Mapping[str, Medicine] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_products", MappingProxyType(dict(self._stocked())))
        by_name = {
            folded(name): medicine for medicine in self.medicines.values() for name in (medicine.id, *medicine.names)
        }
        object.__setattr__(self, "_by_name", MappingProxyType(by_name))

    def _stocked(self) -> Iterator[tuple[ProductId, StockedProduct]]:
        """Every product by its id; the market's own entry, where makers elsewhere score the tablet differently."""
        for medicine in self.medicines.values():
            for product in sorted(medicine.products, key=lambda product: self.market in product.markets):
                product_id = product.product_id(medicine.medicine_id)
                yield product_id, StockedProduct(product_id, medicine.medicine_id, product)

    @property
    def markets(self) -> frozenset[str]:
        """The markets for which some product is known."""
        products = (product for medicine in self.medicines.values() for product in medicine.products)
        return frozenset(market for product in products for market in product.markets)

    def medicine_named(self, text: str) -> Medicine | None:
        """The medicine somebody meant by a generic or brand name, None when no file has it."""
        return self._by_name.get(folded(text))

    def product(self, product_id: str) -> StockedProduct | None:
        """The product as the market sells it; as another market does when this one has no entry of its own."""
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
