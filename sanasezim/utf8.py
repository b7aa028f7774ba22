"""Letters are read as UTF-8, whatever a request says of them: our pages send nothing else."""

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        # Django's would take any codec of Python, also one that is none for text (charset=base64),
        # and fail before anything could answer.
        kind = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = kind
