"""What was sent with a key, and was written: so that sending it again writes nothing more."""

from django.db import models
from django.db.models import Q

from cases.models.constraints import matches


class RequestKey(models.Model):
    """The key of a form or request that was written, who sent it, what it asked, and where the answer led.

    Written once, in the transaction of the write it stands for: there is no key without its write, and no write
    without its key. ``actor`` is a person's reference, ``verb`` a code, ``content_digest`` the SHA-256 of what was
    asked (NULL in rows older than this table: any content is taken for the same). ``subject`` and ``subject_key`` say
    what the answer led to, as in the audit log, and ``status`` how it went, in HTTP's numbers.
    """

    key = models.UUIDField(primary_key=True)
    actor = models.UUIDField()
    verb = models.CharField(max_length=32, db_collation="C")
    content_digest = models.CharField(max_length=64, null=True, db_collation="C")
    subject = models.CharField(max_length=16, db_collation="C")
    subject_key = models.CharField(max_length=40, db_collation="C")
    status = models.PositiveSmallIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(name="requestkey_by_time", fields=["written_at"]),)
        constraints = (
            matches("verb", r"^[a-z_]{1,32}$", name="requestkey_verb_is_a_code"),
            matches("content_digest", r"^[0-9a-f]{64}$", name="requestkey_digest_is_sha256"),
            matches("subject", r"^[a-z_]{1,16}$", name="requestkey_subject_is_a_code"),
            matches("subject_key", r"^[A-Za-z0-9_-]{1,40}$", name="requestkey_subject_key_is_a_key"),
            models.CheckConstraint(name="requestkey_status_is_success", condition=Q(status__gte=200, status__lte=299)),
        )

    def __str__(self) -> str:
        return str(self.key)
