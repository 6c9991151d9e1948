"""The people who sign in. Their names live in this one table and nowhere else."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.accounts.permissions import Permission, Role, role_may
from hotline.metadata_only import USERNAME, validate_label, validate_username


class UserManager(BaseUserManager["User"]):
    """Users, found by user name."""

    def by_role(self, role: Role) -> models.QuerySet["User"]:
        """Active users of one role, by name."""
        return self.filter(role=role, is_active=True).order_by("name", "pk")


class User(AbstractBaseUser):
    """A person with one role.

    ``reference`` is what audit events carry: random, so that erasing the name here leaves the log true and nameless.
    """

    username = models.CharField(_("user name"), max_length=30, unique=True, validators=[validate_username])
    name = models.CharField(_("name"), max_length=60, validators=[validate_label])
    role = models.CharField(_("role"), max_length=16, choices=Role)
    language = models.CharField(_("language"), max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))])
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects = UserManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                name="user_username_is_plain", condition=models.Q(username__regex=USERNAME.pattern.replace(r"\Z", "$"))
            ),
            models.CheckConstraint(name="user_role_is_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(name="user_language_is_known", condition=models.Q(language__in=["nl", "en"])),
        )

    def __str__(self) -> str:
        return self.name

    def may(self, permission: Permission) -> bool:
        """Whether this person may do this now."""
        return self.is_active and role_may(self.role, permission)
