"""A middleware of all that are compared: it says how many questions the database was asked."""

from django.db import connection


class Questions:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "HTTP_X_COUNT" not in request.META:
            return self.get_response(request)
        asked = 0

        def count(execute, *arguments):
            nonlocal asked
            asked += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response.headers["X-Questions"] = str(asked)
        return response
