"""Files of another tool's reports: read, checked and loaded by COPY.

``columns`` says what a file looks like, ``readers`` gives its rows, ``cells`` checks one row, ``staging`` puts the rows
into temporary tables, ``checks`` looks across rows, ``load`` writes them, ``ledger`` keeps the coverage in step.
:mod:`cases.actions.imports` is the door.
"""
