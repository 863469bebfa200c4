"""What has to leave the building: notices that wait until they were delivered, and whose turn it is to send them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: What a notice is about. How far its delivery got is in the other columns and changes.
_FIXED = ("id", "channel", "episode_id", "alert_id", "rung", "level", "role", "since", "queued_at")


def upgrade() -> None:
    _create_outbox()
    op.create_index("ix_outbox_delivered_at", "outbox", ["delivered_at"])
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["channel", "next_try_at"],
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "outbox_lease",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_outbox_lease"),
    )
    _never_lost()


def downgrade() -> None:
    raise NotImplementedError("A notice that waits is an alert that nobody outside has heard of; it is never dropped.")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("episode_id", sa.String, nullable=False),
        sa.Column("alert_id", sa.String, nullable=False),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("next_try_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_try_at", sa.BigInteger),
        sa.Column("last_failure", sa.Text, nullable=False),
        sa.Column("delivered_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", "channel", name="pk_outbox"),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name="fk_outbox_episode_id"),
        sa.CheckConstraint("level BETWEEN 2 AND 4", name=op.f("ck_outbox_level")),
        sa.CheckConstraint("rung >= 0", name=op.f("ck_outbox_rung")),
    )


def _never_lost() -> None:
    """No notice is taken away, replaced, changed in what it is about, or called waiting once it was delivered."""
    refusals = {
        "delete": ("DELETE", "true", "outbox rows are never taken away"),
        "update": (f"UPDATE OF {', '.join(_FIXED)}", _changes(_FIXED), "of outbox rows only the delivery changes"),
        "replace": (
            "INSERT",
            "EXISTS (SELECT 1 FROM outbox WHERE id = NEW.id AND channel = NEW.channel)",
            "outbox rows are only added, never replaced",
        ),
        "undelivered": (
            "UPDATE OF delivered_at",
            "OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS NOT OLD.delivered_at",
            "outbox rows that were delivered stay so",
        ),
    }
    for name, (verb, when, message) in refusals.items():
        op.execute(
            f"CREATE TRIGGER outbox_refuses_{name} BEFORE {verb} ON outbox WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _changes(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
