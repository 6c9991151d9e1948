"""How passwords are kept: Argon2id, over the password in one normal form. The one door to a hash, both ways."""

import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher


def normalised(password: str) -> str:
    """The password with every character in one form (NFKC, as NIST SP 800-63B asks): é is é on any keyboard."""
    return unicodedata.normalize("NFKC", password)


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with RFC 9106's second recommended parameters: 64 MiB, 3 passes, 4 lanes.

    Well above OWASP's least (19 MiB, 2 passes, 1 lane); what it costs is in docs/adr/sign-in.md. Hashes made with other
    parameters are made anew at the next sign-in.
    """

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        """Hash it."""
        return super().encode(normalised(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare it with a hash, in constant time."""
        return super().verify(normalised(password), encoded)
