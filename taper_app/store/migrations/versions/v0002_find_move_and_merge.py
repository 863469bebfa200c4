"""Finding a patient by the day of birth, two records of one person made one, and whose searches found nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patient_merge",
        sa.Column("merged_id", sa.String, nullable=False),
        sa.Column("kept_id", sa.String, nullable=False),
        sa.Column("record_id", sa.String, nullable=False),
        sa.Column("merged_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("merged_id", name="pk_patient_merge"),
        sa.ForeignKeyConstraint(["merged_id"], ["patient.id"], name="fk_patient_merge_merged_id"),
        sa.ForeignKeyConstraint(["kept_id"], ["patient.id"], name="fk_patient_merge_kept_id"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_patient_merge_record_id"),
        sa.CheckConstraint("merged_id <> kept_id", name=op.f("ck_patient_merge_two_patients")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_patient_merge_kept_id", "patient_merge", ["kept_id"])
    op.create_index("ix_patient_born_on", "patient", ["born_on"])
    op.create_index("ix_latest_patient_id", "latest", ["patient_id"])
    op.create_index("ix_audit_account_id_at", "audit", ["account_id", "at"])
    _only_added("patient_merge", "merged_id = NEW.merged_id")


def downgrade() -> None:
    raise NotImplementedError("A merge of two patient records is a clinical record and is never taken away.")


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
