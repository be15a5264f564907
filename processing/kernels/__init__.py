"""The numeric loops: numba and numpy, nothing else.

Each kernel is a plain loop that writes into `out`, allocates nothing, raises nothing and calls nothing from
another file (numba's cache only notices changes in a kernel's own file). Samples come in as read-only
C-contiguous float32 `(n_samples, n_channels)`; sums are float64. No fast-math: every sum has one order, so
the same samples give the same bits however they were cut into chunks.
"""
