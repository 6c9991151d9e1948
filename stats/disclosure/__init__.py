"""What leaves the house must not let anyone work out a small cell. docs/adr/disclosure.md says against whom, and how.

``system`` is the abstract question (quantities that add up), ``solver`` its answer (which to hide), ``audit`` the
proof that the answer holds, ``widen`` what to hide next where it does not, ``linear`` the one place that speaks to
HiGHS. ``parts`` names what a cell counts, ``ledger`` writes cells down as quantities, ``gather`` reads a release's
tables into it, ``spans`` ties periods together, ``tables`` is the door: :func:`~stats.disclosure.tables.protect`.
"""
