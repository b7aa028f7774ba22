"""One file that holds the whole portal, sealed: made by `./portal backup`, opened by `./portal restore`.

    recovery_key.py   the pair of keys: the machine knows how to seal, only the safe knows how to open
    sealed.py         the sealed stream
    parts.py          what lies in it, one part after the other
    database.py       PostgreSQL's own programs, fed and read through pipes
    making.py         write, read back, forget the old ones
    restoring.py      open, look at everything, then bring it back

Why it is so: docs/decisions/0010-backups.md
"""


class BackupTrouble(Exception):
    """Why a backup cannot be made or used, in a sentence for the person who runs the portal."""
