from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "sanasezim"

    def ready(self):
        from sanasezim import checks  # noqa: F401
