"""The one shape in which samples reach a kernel."""

import numpy as np
from numpy.typing import NDArray


def as_block(samples: NDArray[np.floating]) -> NDArray[np.float32]:
    """The samples as a read-only, C-contiguous float32 `(n_samples, n_channels)`; a view where it can be.

    numba counts read-only and writable arrays as different types and would compile every kernel twice: one
    mutability for all callers keeps it at one signature, and the caller's own array is left as it is.
    """
    block = np.ascontiguousarray(samples, dtype=np.float32).view()
    block.flags.writeable = False
    return block
