"""Dates and numbers where Django's own do not fit a European reader."""
