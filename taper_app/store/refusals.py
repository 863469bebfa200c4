"""What a store refuses, each with a sentence and a next step. Nothing here ever names a patient."""

from __future__ import annotations

from taper_app.clinical.errors import StateConflict, TaperError


class AlreadyKept(StateConflict):
    """An identifier, a record number or a sign-in name that is unique is taken."""

    next_step = "Open the entry that is already there, or choose another number or name."


class EpisodeAlreadyOpen(StateConflict):
    """A patient has at most one open episode; the database itself refuses the second."""

    next_step = "Open the patient from the ward board and go on there, or release that episode first."

    def __init__(self) -> None:
        super().__init__("This patient already has an open episode.")


class StoreUnavailable(TaperError):
    """The database cannot be reached or written now: busy, full, read-only or gone."""

    next_step = "Try again in a moment; if it stays, chart on paper and call the person who runs the server."

    def __init__(self) -> None:
        super().__init__("The database cannot be used at the moment, and nothing was saved.")


class DatabaseDamaged(TaperError):
    """The file is not an SQLite database, or no longer a readable one."""

    next_step = "Do not write to it. Keep a copy of the file and restore the newest backup."

    def __init__(self) -> None:
        super().__init__("The database file cannot be read: it is damaged or not a database.")


class DatabaseInUse(TaperError):
    """Another process is this database's writer; there is never a second one."""

    next_step = "Close the running application or the other command first, or choose another database with --database."

    def __init__(self) -> None:
        super().__init__("Another Taper program is already writing to this database.")


class SchemaTooNew(TaperError):
    """The tables were made by a later version of Taper than this one."""

    next_step = "Start the newer version of Taper again, or choose another database with --database."

    def __init__(self) -> None:
        super().__init__("The database was written by a newer version of Taper than this one.")


class ForeignDatabase(TaperError):
    """An SQLite file that holds tables, but not ours."""

    next_step = "Check the path after --database; name a new file to start an empty database."

    def __init__(self) -> None:
        super().__init__("The database file belongs to another program.")


class DatabaseAddressRefused(TaperError):
    """The address is not one that this version can open."""

    next_step = "Give an address such as sqlite:////srv/taper/ward.sqlite3, in a folder that can be written."


UNIT_TAKEN = "There is already a unit with this id."
ACCOUNT_TAKEN = "There is already an account with this sign-in name."
SESSION_TAKEN = "This sign-in session is already kept."
PATIENT_TAKEN = "There is already a patient with this record number."
MERGE_TAKEN = "This patient record was merged already."
EPISODE_TAKEN = "This episode is already kept."

NO_UNIT = "There is no such unit."
NO_ACCOUNT = "There is no such account."
NO_ACCOUNT_OR_UNIT = "There is no such account, or its unit is not set up."
NO_SESSION = "There is no such sign-in session."
NO_PATIENT_OR_UNIT = "There is no such patient, or the unit is not set up."
NO_PATIENT_OR_RECORD = "There is no such patient, or the record of the merge is not kept."
NO_EPISODE_OR_CORRECTED = "There is no such episode, or the record to correct is not one of it."
NO_EPISODE_OR_UNIT = "There is no such episode, or its patient or unit is not kept."
NO_EPISODE = "There is no such episode."
NO_NOTICE = "There is no such notice."
