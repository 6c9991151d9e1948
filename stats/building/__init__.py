"""Tables, made from counts."""
