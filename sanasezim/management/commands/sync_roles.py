from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction

from sanasezim import roles_document
from sanasezim.roles import ROLES, permissions_of


class Command(BaseCommand):
    help = (
        "Make the groups of staff equal to roles.py. Run after every migration; safe to run again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--document",
            action="store_true",
            help="write docs/roles.md instead, and touch no group",
        )

    @transaction.atomic
    def handle(self, *, document=False, **options):
        if document:
            roles_document.PATH.write_text(roles_document.document(), encoding="utf-8")
            return
        permissions = {
            f"{permission.content_type.app_label}.{permission.codename}": permission
            for permission in Permission.objects.select_related("content_type")
        }
        for role in ROLES:
            group, _made = Group.objects.get_or_create(name=role)
            group.permissions.set([permissions[name] for name in permissions_of(role)])
        if options["verbosity"]:
            self.stdout.write(f"{len(ROLES)} roles are as roles.py says.")
