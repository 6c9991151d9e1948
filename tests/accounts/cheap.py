"""A hash that costs next to nothing, for tests of how often a password is looked at and not of how."""

from hotline.accounts.hashing import PasswordHasher


class CheapHasher(PasswordHasher):
    """The product's own with the least parameters Argon2 takes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
