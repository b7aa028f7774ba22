from django.apps import apps
from django.core.management.base import BaseCommand

from sanasezim.shared.protected import Damaged
from sanasezim.shared.search_keys import search_keys_field


class Command(BaseCommand):
    help = (
        "Make the search keys of people anew, while the portal serves. After the rules of folding or "
        "of name_forms.py changed: until then people are found by the older rules, or not at all."
    )

    def handle(self, **options):
        for model in apps.get_models():
            if field := search_keys_field(model):
                self.stdout.write(f"{model._meta.label}: {self.rebuild(model, field)} changed")

    def rebuild(self, model, field):
        changed = 0
        for row in model._base_manager.iterator():
            held = getattr(row, field.attname)
            try:
                made = field.keys_of(row)
            except Damaged:
                continue  # it is logged
            if made != sorted(held):
                # Not over what somebody saves just now: that made its own keys.
                same = model._base_manager.filter(pk=row.pk, **{field.attname: held})
                changed += same.update(**{field.attname: made})
        return changed
