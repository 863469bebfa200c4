"""The tables, as the newest migration leaves them. A test compares the two.

Moments are microseconds since 1970 UTC (``exact.py`` says why), bodies are JSON text. Patients, episodes,
records and audit entries are only ever added; triggers in the migration refuse everything else.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA_REVISION = "0006"
"""The newest migration; opening a database compares its own with this."""

# Constraints need names, or a later migration could not change them.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_COUNTING = BigInteger().with_variant(Integer, "sqlite")

unit = Table(
    "unit",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("beds", Text, nullable=False),
    Column("emergency_number", String, nullable=False),
    Column("crisis_lines", Text, nullable=False),
    Column("phone_day_and_night", Text, nullable=False),
    Column("part2_program", Boolean, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("display_name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("unit_id", ForeignKey("unit.id")),
    Column("password_hash", String, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("disabled_at", BigInteger),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", BigInteger),
    UniqueConstraint("name_key"),
)

session = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("started_at", BigInteger, nullable=False),
    Column("last_activity_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

patient = Table(
    "patient",
    metadata,
    Column("id", String, primary_key=True),
    Column("record_number", String, nullable=False),
    Column("family_name", String, nullable=False),
    Column("given_name", String, nullable=False),
    Column("born_on", Date, nullable=False, index=True),
    Column("sex", String, nullable=False),
    Column("allergies", Text, nullable=False),
    UniqueConstraint("record_number"),
    sqlite_with_rowid=False,
)

patient_merge = Table(
    "patient_merge",
    metadata,
    Column("merged_id", ForeignKey("patient.id"), primary_key=True),
    Column("kept_id", ForeignKey("patient.id"), nullable=False, index=True),
    Column("record_id", ForeignKey("record.id"), nullable=False),
    Column("merged_at", BigInteger, nullable=False),
    CheckConstraint("merged_id <> kept_id", name="two_patients"),
    sqlite_with_rowid=False,
)

episode = Table(
    "episode",
    metadata,
    Column("id", String, primary_key=True),
    Column("patient_id", ForeignKey("patient.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("admitted_at", BigInteger, nullable=False),
    Column("admitted_by_user_id", String, nullable=False),
    Column("admitted_by_name", String, nullable=False),
    Column("admitted_by_role", String, nullable=False),
    sqlite_with_rowid=False,
)

record = Table(
    "record",
    metadata,
    Column("seq", _COUNTING, primary_key=True),
    Column("id", String, nullable=False),
    Column("episode_id", ForeignKey("episode.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("author_user_id", String, nullable=False),
    Column("author_name", String, nullable=False),
    Column("author_role", String, nullable=False),
    Column("corrects", String),
    Column("body", Text, nullable=False),
    UniqueConstraint("id"),
    UniqueConstraint("id", "episode_id"),
    # A correction names a record of the same episode.
    ForeignKeyConstraint(["corrects", "episode_id"], ["record.id", "record.episode_id"]),
    Index(None, "episode_id", "happened_at", "recorded_at", "id"),
    Index(None, "episode_id", "kind", "happened_at"),
)

latest = Table(
    "latest",
    metadata,
    Column("episode_id", ForeignKey("episode.id"), primary_key=True),
    Column("patient_id", ForeignKey("patient.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("bed", String, nullable=False),
    Column("label", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("born_on", Date, nullable=False),
    Column("record_number", String, nullable=False),
    Column("level", Integer, nullable=False),
    Column("headline", Text, nullable=False),
    Column("next_cut", String, nullable=False),
    Column("this_dose", String, nullable=False),
    Column("last_observation_at", BigInteger),
    Column("next_due_at", BigInteger),
    Column("unacknowledged_alerts", Integer, nullable=False),
    Column("oldest_unacknowledged_at", BigInteger),
    Column("plan_version", Integer),
    Column("plan_line", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("alerts", Text, nullable=False, server_default="[]"),
    Column("set_due_at", BigInteger),
    Column("set_asked_at", BigInteger),
    Column("level_of_sets", Integer),
    Column("trends", Text, nullable=False, server_default="[]"),
    Column("doses", Text, nullable=False, server_default="[]"),
    Column("days", Text, nullable=False, server_default="[]"),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint("status IN ('open', 'released')", name="status"),
    CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    Index(None, "unit_id", "status"),
    Index(None, "patient_id"),
)

Index(
    "uq_latest_open_patient",
    latest.c.patient_id,
    unique=True,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)

shift = Table(
    "shift",
    metadata,
    Column("seq", _COUNTING, primary_key=True),
    Column("id", String, nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    *(
        Column(f"{person}_{part}", String, nullable=False)
        for person in ("in_charge", "prescriber", "set_by")
        for part in ("user_id", "name", "role")
    ),
    Column("nurses", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    UniqueConstraint("id"),
    CheckConstraint("begins_at < ends_at", name="has_a_length"),
    Index(None, "unit_id", "begins_at"),
)

board_version = Table(
    "board_version",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), primary_key=True),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

draft = Table(
    "draft",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("episode_id", String, primary_key=True),
    Column("form", String, primary_key=True),
    Column("entry_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", _COUNTING, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("account_id", String),
    Column("role", String),
    Column("action", String, nullable=False),
    Column("episode_id", String),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
    Index(None, "account_id", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("episode_id", ForeignKey("episode.id"), nullable=False),
    Column("alert_id", String, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("next_try_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_try_at", BigInteger),
    Column("last_failure", Text, nullable=False),
    Column("delivered_at", BigInteger, index=True),
    CheckConstraint("level BETWEEN 2 AND 4", name="level"),
    CheckConstraint("rung >= 0", name="rung"),
)

# The sender looks many times a minute for what waits, and nearly always nothing does.
Index(
    "ix_outbox_waiting",
    outbox.c.channel,
    outbox.c.next_try_at,
    sqlite_where=text("delivered_at IS NULL"),
    postgresql_where=text("delivered_at IS NULL"),
)

outbox_lease = Table(
    "outbox_lease",
    metadata,
    Column("channel", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)
