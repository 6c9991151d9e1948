"""What each page of the read side shows, from one call."""
