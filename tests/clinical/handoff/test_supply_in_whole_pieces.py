"""What goes home: exact counts of the plan become whole tablets; a volume stays as it is measured."""

from __future__ import annotations

from decimal import Decimal

from taper_app.clinical.handoff.release_items import SuppliedCount
from taper_app.clinical.handoff.supply import whole_pieces
from taper_app.protocol_files import load_protocols


def test_a_half_tablet_goes_home_as_a_whole_one() -> None:
    exact = (
        SuppliedCount(product="clonazepam-odt-0.125mg", count=Decimal(7)),
        SuppliedCount(product="clonazepam-tablet-0.5mg", count=Decimal("10.5")),
        SuppliedCount(product="diazepam-liquid-1mg-per-ml", count=Decimal("3.5")),
    )
    assert [each.count for each in whole_pieces(exact, load_protocols())] == [7, 11, Decimal("3.5")]
