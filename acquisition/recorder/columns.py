"""What every writer does with the samples that it is given."""

import numpy as np
from numpy.typing import NDArray

from contracts.records import StreamDescription
from contracts.refusal import Refusal


def columns_of(
    description: StreamDescription, samples: NDArray[np.float32], aux: NDArray[np.float64] | None
) -> NDArray[np.float32] | NDArray[np.float64]:
    """One column for each channel, `(n, n_channels)`: float32, or float64 where auxiliary channels need it.

    A float32 counts exactly only to 2^24; a float64 holds every float32 as it is.
    """
    n_aux = len(description.aux)
    shape = (samples.shape[0], n_aux)
    if samples.shape[1:] != (len(description.emg),) or (aux.shape if aux is not None else (0, 0)) != (
        shape if n_aux else (0, 0)
    ):
        raise ValueError(f"samples {samples.shape}, aux {None if aux is None else aux.shape}, {description}")
    if aux is None or not n_aux:
        return samples
    return np.concatenate([samples, aux], axis=1, dtype=np.float64)


def nothing_written() -> Refusal:
    """The refusal to keep a file without samples."""
    return Refusal(
        found="no samples", wanted="at least one to write", do="Check what the signal was to come from."
    )
