"""The fault harness: the running product, faults, and a client that remembers what it was told. ``make faults``."""
