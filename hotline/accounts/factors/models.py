"""What second factors leave in the database: sealed secrets, hashes, public keys, numbers and moments.

No name, no address, no make of a device. Each text column has a pattern that the database checks.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from hotline.accounts.permissions import Role

# 12 bytes of nonce, 20 of secret and 16 of tag, in base64url: always 64 characters.
SEALED_LENGTH = 64
SEALED = rf"^[A-Za-z0-9_-]{{{SEALED_LENGTH}}}$"
HASH_LENGTH = 64
HASH = rf"^[0-9a-f]{{{HASH_LENGTH}}}$"
# 128 bytes in base64url. Authenticators that keep passkeys use 16 to 80.
CREDENTIAL_LENGTH = 171
CREDENTIAL = rf"^[A-Za-z0-9_-]{{16,{CREDENTIAL_LENGTH}}}$"
# A COSE key: 77 bytes on a curve; up to 4096 bits of RSA.
PUBLIC_KEY_LENGTH = 704
# PostgreSQL counts to 255 in a pattern; the rest is the column's length.
PUBLIC_KEY = r"^[A-Za-z0-9_-]{40,}$"
MAX_SIGN_COUNT = 2**32 - 1
MAX_STEP = 10**10


class Totp(models.Model):
    """An authenticator app: one that counts, and one that is being set up and waits for its first code.

    ``secret`` is sealed (:mod:`hotline.accounts.factors.vault`). ``last_step`` is the newest time step a code was
    accepted of, in 30 seconds since 1970; a code of that step or an older one is never accepted again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="totps")
    secret = models.CharField(max_length=SEALED_LENGTH, db_collation="C")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="totp_one_confirmed", fields=["user"], condition=Q(confirmed_at__isnull=False)
            ),
            models.UniqueConstraint(name="totp_one_waiting", fields=["user"], condition=Q(confirmed_at__isnull=True)),
            models.CheckConstraint(name="totp_secret_is_sealed", condition=Q(secret__regex=SEALED)),
            models.CheckConstraint(
                name="totp_step_is_in_range", condition=Q(last_step__gte=0, last_step__lte=MAX_STEP)
            ),
        )

    def __str__(self) -> str:
        return f"authenticator app {self.pk}"


class RecoveryCode(models.Model):
    """A code for when the app or key is lost. The row is gone once it was used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=HASH_LENGTH, db_collation="C")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="recoverycode_differs", fields=["user", "code_hash"]),
            models.CheckConstraint(name="recoverycode_is_a_hash", condition=Q(code_hash__regex=HASH)),
        )

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Passkey(models.Model):
    """A key pair in somebody's device. Known to people by the day it was made; there is no name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=CREDENTIAL_LENGTH, unique=True, db_collation="C")
    public_key = models.CharField(max_length=PUBLIC_KEY_LENGTH, db_collation="C")
    sign_count = models.BigIntegerField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(name="passkey_id_is_plain", condition=Q(credential_id__regex=CREDENTIAL)),
            models.CheckConstraint(name="passkey_key_is_plain", condition=Q(public_key__regex=PUBLIC_KEY)),
            models.CheckConstraint(
                name="passkey_count_is_in_range", condition=Q(sign_count__gte=0, sign_count__lte=MAX_SIGN_COUNT)
            ),
        )

    def __str__(self) -> str:
        return f"passkey {self.pk}"


class RequiredRole(models.Model):
    """A role that must have a second factor. Administrators must have one by the settings, row or no row."""

    role = models.CharField(max_length=16, primary_key=True, db_collation="C")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="requiredrole_is_known", condition=Q(role__in=Role.values)),)

    def __str__(self) -> str:
        return self.role


class Once(models.Model):
    """Something that was given out and may come back one time: a challenge, a state. Only its digest is kept."""

    digest = models.CharField(max_length=HASH_LENGTH, primary_key=True, db_collation="C")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.CheckConstraint(name="once_is_a_hash", condition=Q(digest__regex=HASH)),)

    def __str__(self) -> str:
        return f"until {self.expires_at:%H:%M:%S}"


class Identity(models.Model):
    """Who a person is at the organisation's own sign-in (OpenID Connect): a keyed hash, which tells no name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity")
    subject_hash = models.CharField(max_length=HASH_LENGTH, unique=True, db_collation="C")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="identity_is_a_hash", condition=Q(subject_hash__regex=HASH)),)

    def __str__(self) -> str:
        return f"identity {self.pk}"
