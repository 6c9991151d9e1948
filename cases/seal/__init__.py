"""The seal of the audit log: canonical form, where it stands, its heads outside the database, the check of it all."""
