"""The write side over HTTP: the same actions as the pages, so the same rules, audit and counts."""
