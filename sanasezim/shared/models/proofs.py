"""What ties the key files to this database, and a day's network codes to that day."""

import secrets

from django.db import models


class KeyProof(models.Model):
    """A known text under a key: a key file of the same name with other bytes does not open it."""

    name = models.CharField(max_length=20, primary_key=True)
    proof = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "proof of a key"
        verbose_name_plural = "proofs of keys"

    def __str__(self):
        return self.name


def new_secret():
    return secrets.token_bytes(32)


class NetworkDay(models.Model):
    """A day's random secret. With it gone, nobody can tell an address from that day's codes."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField(default=new_secret)

    class Meta:
        verbose_name = "a day's network secret"
        verbose_name_plural = "the days' network secrets"

    def __str__(self):
        return str(self.day)
