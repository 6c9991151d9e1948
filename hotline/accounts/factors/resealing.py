"""A change of the key: sealed secrets are moved to the new one. Hashes can not be, and are made again in time."""

from dataclasses import dataclass

from django.db import transaction

from hotline.accounts.factors import vault
from hotline.accounts.factors.models import Identity, RecoveryCode, Totp


@dataclass(frozen=True)
class Resealed:
    """How many secrets are under the present key now, how many no key opens, and how many hashes there are."""

    sealed: int
    lost: int
    hashed: int


@transaction.atomic
def reseal() -> Resealed:
    """Seal every secret under the key in use. Done again, nothing is different but the nonces."""
    sealed = lost = 0
    for app in Totp.objects.select_related("user").select_for_update(of=("self",)).order_by("pk"):
        owner = str(app.user.reference)
        try:
            secret = vault.unseal(app.secret, owner=owner)
        except vault.SealError:
            lost += 1
            continue
        app.secret = vault.seal(secret, owner=owner)
        app.save(update_fields=["secret"])
        sealed += 1
    return Resealed(sealed=sealed, lost=lost, hashed=RecoveryCode.objects.count() + Identity.objects.count())
