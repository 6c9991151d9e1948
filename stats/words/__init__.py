"""Figures in words, in the active language."""
