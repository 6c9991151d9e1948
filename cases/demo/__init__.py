"""Made-up data for demos, tests and benchmarks. Every number in it is synthetic.

``plan`` says what each year must add up to, ``spread`` gets it to add up exactly, ``year`` makes a year's reports,
``file`` writes them as an import file; ``people`` and ``work`` are for :mod:`cases.demo.loading`,
which fills a database.
"""
