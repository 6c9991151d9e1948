"""Documents of releases, and the jobs that make those which take seconds."""
