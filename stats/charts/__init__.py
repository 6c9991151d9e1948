"""Tables as charts, on screen and in print."""
