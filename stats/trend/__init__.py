"""Years side by side, counted here and published before."""
