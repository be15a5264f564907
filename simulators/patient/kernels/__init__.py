"""Loops of the virtual patient: numbers in, numbers out. Each file stands alone, for numba's cache."""
