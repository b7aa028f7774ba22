"""Whether the key files are those this database was written with.

For each key the database holds a proof: an HMAC of the key's own name. A file that is missing, from an
older or another folder, or spoiled does not give it. Only the database's owner writes proofs.
"""

import hmac
import stat
from pathlib import Path

from django.conf import settings
from django.db import connection

from sanasezim.shared import keys
from sanasezim.shared.keys import KeyTrouble
from sanasezim.shared.models import KeyProof

NOT_RECORDED = "This database does not know its keys yet. As its owner run: manage set_up, or manage rotate_keys"


def proof_of(name, key):
    return hmac.digest(key, f"proof of {name}".encode(), "sha256")


def recorded():
    """{name of a key: its proof}; empty before the first migration, too."""
    if KeyProof._meta.db_table not in connection.introspection.table_names():
        return {}
    return _proofs()


def _proofs():
    return {name: bytes(proof) for name, proof in KeyProof.objects.values_list("name", "proof")}


def record_missing():
    """Write down a proof of each key in the folder that has none; their names. As the owner."""
    ring = keys.KeyRing(Path(settings.KEYS_DIR))
    held, proofs = ring.by_name(), _proofs()
    prove_recorded(ring, proofs)
    new = sorted(held.keys() - proofs.keys())
    record({name: held[name] for name in new})
    return new


def record(held):
    KeyProof.objects.bulk_create(
        [KeyProof(name=name, proof=proof_of(name, key)) for name, key in held.items()],
        ignore_conflicts=True,
    )


def troubles():
    """What is wrong with the keys, in sentences for whoever runs the portal; empty if all is well.

    Reads the files and the proofs afresh. The database must be there.
    """
    folder = Path(settings.KEYS_DIR)
    try:
        ring = keys.KeyRing(folder)
    except KeyTrouble as trouble:
        return [str(trouble)]
    proofs = _proofs()
    if not proofs:
        return [NOT_RECORDED]
    found = list(_wrong(ring, proofs))
    found += [
        f"{folder / name}.key was never recorded for this database. If it belongs to it, run as the "
        "database's owner: manage rotate_keys"
        for name in sorted(ring.by_name().keys() - proofs.keys())
    ]
    if folder.stat().st_mode & stat.S_IRWXO:
        found.append(f"Everybody on this machine may look into {folder}. chmod 700 {folder}")
    return found


def refuse_wrong_keys():
    """KeyTrouble if a recorded key is not in the folder; before anything is set up, too."""
    prove_recorded(keys.KeyRing(Path(settings.KEYS_DIR)), recorded())


def prove_recorded(ring, proofs):
    if wrong := list(_wrong(ring, proofs)):
        raise KeyTrouble(wrong[0])


def prove(ring):
    """Hold a ring that was just read against the database, or raise KeyTrouble.

    A data key that is not recorded may open, but does not write: the newest recorded one does.
    """
    proofs = _proofs()
    if not proofs:
        raise KeyTrouble(NOT_RECORDED)
    prove_recorded(ring, proofs)
    ring.newest = max(number for number in ring.data if keys.data_name(number) in proofs)


def _wrong(ring, proofs):
    """Sentences about keys that are recorded, but not here."""
    coming = {keys.data_name(number): key for number, key in ring.coming.items()}
    held = coming | ring.by_name()
    for name, proof in sorted(proofs.items()):
        path = Path(settings.KEYS_DIR) / f"{name}.key"
        if name not in held:
            yield f"{path} is missing. Bring it back from where the keys are kept."
        elif not hmac.compare_digest(proof_of(name, held[name]), proof):
            yield f"{path} is not the key this database was written with. Bring the right one back."
