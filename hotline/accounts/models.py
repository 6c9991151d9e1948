"""The people who sign in, their sessions and invitations. Their names live in one table and nowhere else."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.accounts.permissions import Permission, Role, role_may
from hotline.metadata_only import validate_label, validate_username
from hotline.metadata_only.constraints import patterns_of
from hotline.metadata_only.kinds import SHA256_SQL

if TYPE_CHECKING:
    from hotline.accounts.sessions import SessionStore

# Django's signature over compressed JSON: three parts, and a dot before what is compressed.
SIGNED_SQL = "^[.]?[A-Za-z0-9_-]+:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$"
SIGN_IN_SQL = "^([0-9a-f]{16})?$"


# What stands for the name of who was erased.
ERASED = "erased"


def shown_name(name: str, *, is_erased: bool) -> str:
    """What pages call someone, in the reader's language: a name that was erased is nobody's."""
    return gettext("A former colleague") if is_erased else name


class UserManager(BaseUserManager["User"]):
    """Users, found by user name."""

    def shown_names(self) -> dict[uuid.UUID, str]:
        """What pages call everyone, by reference, in the order of names; a hotline has tens of people."""
        people = self.order_by("name", "pk").values_list("reference", "name", "erased_at")
        return {reference: shown_name(name, is_erased=erased is not None) for reference, name, erased in people}

    def by_role(self, role: Role) -> models.QuerySet["User"]:
        """Active users of one role, by name."""
        return self.filter(role=role, is_active=True).order_by("name", "pk")


class User(AbstractBaseUser):
    """A person with one role.

    ``reference`` is what audit events carry: random, so that erasing the name here leaves the log true and nameless.
    ``session_stamp`` is another after whatever ends a person's sessions (hotline.accounts.ending).
    """

    username = models.CharField(_("user name"), max_length=30, unique=True, validators=[validate_username])
    name = models.CharField(_("name"), max_length=60, validators=[validate_label])
    role = models.CharField(_("role"), max_length=16, choices=Role)
    language = models.CharField(_("language"), max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))])
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    session_stamp = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    # Since then this row says of nobody who it was: name and user name are made up, and it stays switched off.
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects = UserManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            *patterns_of("accounts_user"),
            models.CheckConstraint(name="user_role_is_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="user_erased_is_nobody",
                condition=models.Q(erased_at__isnull=True) | models.Q(is_active=False, name=ERASED, last_login=None),
            ),
            models.CheckConstraint(name="user_language_is_known", condition=models.Q(language__in=["nl", "en"])),
        )

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What pages call this person, in the reader's language."""
        return shown_name(self.name, is_erased=self.erased_at is not None)

    def may(self, permission: Permission) -> bool:
        """Whether this person may do this now."""
        return self.is_active and role_may(self.role, permission)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session carries and every request compares: another password, stamp or role ends the session."""
        value = "\n".join((self.password, str(self.session_stamp), self.role))
        return salted_hmac("hotline.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class Session(AbstractBaseSession):
    """A session. Its key is kept as a hash: who reads the table, or a backup of it, can not go on under one.

    ``sign_in`` is random and tells the sign-ins of a person apart; it is no secret and opens nothing. Sessions of no
    one (a half sign-in) have no ``user``.
    """

    session_key = models.CharField(max_length=64, primary_key=True, db_collation="C")
    session_data = models.CharField(max_length=8192, db_collation="C")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    signed_in_at = models.DateTimeField(null=True)
    sign_in = models.CharField(max_length=16, db_collation="C", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="session_key_is_a_hash", condition=models.Q(session_key__regex=SHA256_SQL)),
            models.CheckConstraint(name="session_data_is_signed", condition=models.Q(session_data__regex=SIGNED_SQL)),
            models.CheckConstraint(name="session_sign_in_is_plain", condition=models.Q(sign_in__regex=SIGN_IN_SQL)),
        )

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        """The store whose rows these are."""
        from hotline.accounts.sessions import SessionStore  # noqa: PLC0415 - it imports this module

        return SessionStore


class InvitationKind(models.TextChoices):
    """What somebody is invited to."""

    ACCOUNT = "account", _("account")
    PASSWORD = "password", _("new password")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def waiting(self, now: datetime) -> "InvitationQuerySet":
        """Those that can be taken up now, if their people may sign in. One table only: an UPDATE must look again."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A code, given to a person once, by which that person chooses a password. Kept as a hash, used once.

    Open while it is neither used nor withdrawn and has not expired; of the first two the database allows a person one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=16, choices=InvitationKind, db_collation="C")
    code_hash = models.CharField(max_length=64, unique=True, db_collation="C")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                name="invitation_one_open", fields=["user"], condition=models.Q(used_at=None, withdrawn_at=None)
            ),
            models.CheckConstraint(name="invitation_kind_is_known", condition=models.Q(kind__in=InvitationKind.values)),
            models.CheckConstraint(name="invitation_code_is_a_hash", condition=models.Q(code_hash__regex=SHA256_SQL)),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"
