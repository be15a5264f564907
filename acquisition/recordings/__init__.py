"""Recordings: one module per file format, one door, `door.open_recording(path)`."""
