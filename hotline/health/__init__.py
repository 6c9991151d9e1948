"""Whether all is well: what is looked at, what follows from it, and how it is told.

``facts`` reads how things stand, ``alarms`` says what is wrong (pure), ``words`` says what to do. Who asks: ``/readyz``
and ``/metrics`` from outside, the page and the badge of administrators inside.
"""
