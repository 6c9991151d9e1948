"""Backups: a dump of the database and a manifest beside it, made together and verified together.

``clients`` runs PostgreSQL's own programs, ``manifest`` says what a backup holds, ``making`` writes one, ``restoring``
puts one back. docs/operations.md tells how they are used.
"""
