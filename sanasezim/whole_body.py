"""A form that was cut off on its way is an error, never a shorter form.

Django takes the end of the line for the end of the form. Somebody who stops an upload, or loses the
network in the middle of one, would have saved everything but the file, or half of a story.
"""


def refuse_half_a_body(application):
    def whole_body_application(environ, start_response):
        if length := environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"] = _WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return whole_body_application


class _WholeBody:
    """Raises OSError where it ends too early; Django makes an UnreadablePostError of that."""

    def __init__(self, body, length):
        self.body, self.left = body, length

    def read(self, size=-1):
        piece = self.body.read(size)
        # A server reads as much as was asked for, or to the end (PEP 3333).
        return self._counted(piece, ended=size < 0 or len(piece) < size)

    def readline(self, size=-1):
        line = self.body.readline(size)
        return self._counted(line, ended=not line and size != 0)

    def _counted(self, piece, *, ended):
        self.left -= len(piece)
        if ended and self.left > 0:
            raise ConnectionResetError("The body ended before its Content-Length.")
        return piece
