"""Releases: what was published, and can be had again.

``draft`` makes the tables of a period as they are counted now, ``freeze`` copies them, ``rows`` is how a table is
kept, ``canonical`` the form a digest is taken of, ``chain`` the check of it all, ``reading`` gives a release back, and
``compare`` tells what has changed since.
"""
