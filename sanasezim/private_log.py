"""A log that says where something broke, and nothing that people told us.

The words of an exception carry values: a database names the row it refused, a parser the text it
could not read. So a traceback is written as its types and places; whoever mends it has the code.
"""

import json
import logging
import time
import traceback


class PrivateFormatter(logging.Formatter):
    def formatException(self, exc_info):
        lines = []
        for error in _chain(exc_info[1]):
            places = traceback.extract_tb(error.__traceback__)
            lines += [
                f'  File "{place.filename}", line {place.lineno}, in {place.name}'
                for place in places
            ]
            lines.append(
                f"{type(error).__module__}.{type(error).__qualname__} (its words are not kept)"
            )
        return "\n".join(lines)

    def formatStack(self, stack_info):
        return ""


class JsonFormatter(PrivateFormatter):
    """The same, a line of JSON each: for whatever gathers the logs of several machines."""

    def format(self, record):
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["trace"] = self.formatException(record.exc_info).splitlines()
        return json.dumps(line, ensure_ascii=False)


def _chain(error):
    """The error and those it came from, the first one first."""
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return reversed(chain)
