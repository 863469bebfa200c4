"""The first tables, and the triggers that let patients, episodes, records and audit entries only be added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COUNTING = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _people()
    _patients()
    _records()
    _board()
    _drafts_and_audit()
    _only_added("patient", "id = NEW.id OR record_number = NEW.record_number")
    _only_added("episode", "id = NEW.id")
    _only_added("record", "id = NEW.id OR seq = NEW.seq")
    _only_added("audit", "seq = NEW.seq")


def downgrade() -> None:
    raise NotImplementedError("The first tables hold clinical records and are never taken away.")


def _people() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("beds", sa.Text, nullable=False),
        sa.Column("emergency_number", sa.String, nullable=False),
        sa.Column("crisis_lines", sa.Text, nullable=False),
        sa.Column("phone_day_and_night", sa.Text, nullable=False),
        sa.Column("part2_program", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("display_name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("unit_id", sa.String),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("failed_attempts", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name_key", name="uq_account_name_key"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_account_unit_id"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("account_id", sa.String, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("last_activity_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_session_account_id"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])


def _patients() -> None:
    op.create_table(
        "patient",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("record_number", sa.String, nullable=False),
        sa.Column("family_name", sa.String, nullable=False),
        sa.Column("given_name", sa.String, nullable=False),
        sa.Column("born_on", sa.Date, nullable=False),
        sa.Column("sex", sa.String, nullable=False),
        sa.Column("allergies", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("record_number", name="uq_patient_record_number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "episode",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("patient_id", sa.String, nullable=False),
        sa.Column("unit_id", sa.String, nullable=False),
        sa.Column("admitted_at", sa.BigInteger, nullable=False),
        sa.Column("admitted_by_user_id", sa.String, nullable=False),
        sa.Column("admitted_by_name", sa.String, nullable=False),
        sa.Column("admitted_by_role", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_episode"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_episode_patient_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_episode_unit_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_episode_patient_id", "episode", ["patient_id"])


def _records() -> None:
    op.create_table(
        "record",
        sa.Column("seq", _COUNTING, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("episode_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("author_user_id", sa.String, nullable=False),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("author_role", sa.String, nullable=False),
        sa.Column("corrects", sa.String),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_record"),
        sa.UniqueConstraint("id", name="uq_record_id"),
        sa.UniqueConstraint("id", "episode_id", name="uq_record_id_episode_id"),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name="fk_record_episode_id"),
        sa.ForeignKeyConstraint(
            ["corrects", "episode_id"], ["record.id", "record.episode_id"], name="fk_record_corrects_episode_id"
        ),
    )
    op.create_index(
        "ix_record_episode_id_happened_at_recorded_at_id",
        "record",
        ["episode_id", "happened_at", "recorded_at", "id"],
    )
    op.create_index("ix_record_episode_id_kind_happened_at", "record", ["episode_id", "kind", "happened_at"])


def _board() -> None:
    op.create_table(
        "latest",
        sa.Column("episode_id", sa.String, nullable=False),
        sa.Column("patient_id", sa.String, nullable=False),
        sa.Column("unit_id", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("bed", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("sex", sa.String, nullable=False),
        sa.Column("born_on", sa.Date, nullable=False),
        sa.Column("record_number", sa.String, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("next_cut", sa.String, nullable=False),
        sa.Column("this_dose", sa.String, nullable=False),
        sa.Column("last_observation_at", sa.BigInteger),
        sa.Column("next_due_at", sa.BigInteger),
        sa.Column("unacknowledged_alerts", sa.Integer, nullable=False),
        sa.Column("oldest_unacknowledged_at", sa.BigInteger),
        sa.Column("plan_version", sa.Integer),
        sa.Column("plan_line", sa.Text, nullable=False),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", name="pk_latest"),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name="fk_latest_episode_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_latest_patient_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_latest_unit_id"),
        sa.CheckConstraint("status IN ('open', 'released')", name=op.f("ck_latest_status")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_latest_level")),
    )
    op.create_index("ix_latest_unit_id_status", "latest", ["unit_id", "status"])
    op.create_index(
        "uq_latest_open_patient",
        "latest",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


def _drafts_and_audit() -> None:
    op.create_table(
        "draft",
        sa.Column("account_id", sa.String, nullable=False),
        sa.Column("episode_id", sa.String, nullable=False),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("entry_id", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "episode_id", "form", name="pk_draft"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", _COUNTING, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.String),
        sa.Column("role", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("episode_id", sa.String),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_audit_outcome")),
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
