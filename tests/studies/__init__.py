"""Measurements on the real recordings, run by hand: `python -m tests.studies.<name>`."""
