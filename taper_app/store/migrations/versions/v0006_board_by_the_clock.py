"""What the board needs to be right by the clock alone, and a number a unit that says whether its board has changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that are there hold no day yet: the board works them out anew until the patient's next change."""
    op.add_column("latest", sa.Column("set_due_at", sa.BigInteger))
    op.add_column("latest", sa.Column("set_asked_at", sa.BigInteger))
    op.add_column("latest", sa.Column("level_of_sets", sa.Integer))
    for name in ("trends", "doses", "days"):
        op.add_column("latest", sa.Column(name, sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "board_version",
        sa.Column("unit_id", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name="pk_board_version"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_board_version_unit_id"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO board_version (unit_id, number) SELECT id, 1 FROM unit")


def downgrade() -> None:
    op.drop_table("board_version")
    for name in ("days", "doses", "trends", "level_of_sets", "set_asked_at", "set_due_at"):
        op.drop_column("latest", name)
