"""Spontaneous activity at rest: potentials are sorted by shape, trains named by firing pattern, then shape."""
