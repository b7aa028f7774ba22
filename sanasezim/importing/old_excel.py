"""An XLS, as Excel wrote until 2007, read in a process of its own.

A damaged file may bring its reader down or take all memory: so it is read with a limit, and what
comes back is only text. The file goes in and the rows come out through pipes.
"""

import io
import json
import resource
import subprocess
import sys
from pathlib import Path

MOST_MEMORY = 2_000_000_000
MOST_SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]


def rows_of(data):
    """The first sheet: lists of text. ValueError if it cannot be read."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "sanasezim.importing.old_excel"],
            input=data, capture_output=True, timeout=MOST_SECONDS, check=True, cwd=ROOT,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        raise ValueError from None
    return json.loads(child.stdout)


def _main():
    from sanasezim.importing import files

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    book = files.python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    json.dump([[files.as_typed(cell) for cell in row] for row in rows], sys.stdout)


if __name__ == "__main__":
    _main()
