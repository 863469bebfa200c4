"""Who nurses which beds, who is in charge and who covers as prescriber, shift by shift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PEOPLE = ("in_charge", "prescriber", "set_by")
_PARTS = ("user_id", "name", "role")


def upgrade() -> None:
    op.create_table(
        "shift",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("unit_id", sa.String, nullable=False),
        sa.Column("begins_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        *(sa.Column(f"{person}_{part}", sa.String, nullable=False) for person in _PEOPLE for part in _PARTS),
        sa.Column("nurses", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_shift"),
        sa.UniqueConstraint("id", name="uq_shift_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_shift_unit_id"),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_shift_has_a_length")),
    )
    op.create_index("ix_shift_unit_id_begins_at", "shift", ["unit_id", "begins_at"])
    _only_added("shift", "id = NEW.id OR seq = NEW.seq")


def downgrade() -> None:
    raise NotImplementedError(
        "Who was on shift when an alert was raised is part of the record; it is never taken away."
    )


def _only_added(table: str, same_row: str) -> None:
    """Refuse UPDATE and DELETE, and the INSERT OR REPLACE that would delete without asking a trigger."""
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows are only added, never changed'); END"
        )
    already_there = f"SELECT 1 FROM {table} WHERE {same_row}"  # noqa: S608 (both are written in this file)
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN EXISTS ({already_there}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} rows are only added, never replaced'); END"
    )
