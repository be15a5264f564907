"""Native values to microvolt, once, at the door."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Converter:
    """Splits a native block into analysed signals and auxiliary channels.

    `factors` lead from a native value of each EMG column to microvolt (or counts), gain and polarity
    included. `weights` are the analysed signals, each a sum over EMG columns by position.
    """

    def __init__(
        self,
        *,
        emg_columns: Sequence[int],
        factors: Sequence[float],
        weights: Sequence[Sequence[tuple[int, float]]],
        aux_columns: Sequence[int],
    ) -> None:
        self._weights = [list(row) for row in weights]
        self._plain = [[weight for _, weight in row] for row in self._weights] == [[1.0]] * len(weights)
        chosen = [row[0][0] for row in self._weights] if self._plain else range(len(emg_columns))
        self._emg = _columns([emg_columns[position] for position in chosen])
        self._factors = np.array([factors[position] for position in chosen], dtype=np.float64)
        self._aux = _columns(aux_columns)

    def convert(self, native: NDArray[np.generic]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Samples `(n, n_emg)` float32 microvolt (or counts) and aux `(n, n_aux)` float64, both C-contiguous.

        `native` is `(n, n_native)` in the stream's own format; nothing of it is shared. The arithmetic is
        float64, so int32 converters keep all 24 bits that float32 can. NaN and infinity pass, and stay in
        the signals that use their channel: hence sums over listed channels, not a matrix product, which
        would spread 0 * NaN over all.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.multiply(native[:, self._emg], self._factors)
            samples = scaled if self._plain else self._sums(scaled)
            return samples.astype(np.float32, order="C"), native[:, self._aux].astype(np.float64, order="C")

    def _sums(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.zeros((scaled.shape[0], len(self._weights)))
        for column, row in enumerate(self._weights):
            for position, weight in row:
                sums[:, column] += weight * scaled[:, position]
        return sums


def _columns(columns: Sequence[int]) -> slice | NDArray[np.intp]:
    """An index for these columns: a slice where they are neighbours, which needs no copy."""
    first = columns[0] if columns else 0
    if list(columns) == list(range(first, first + len(columns))):
        return slice(first, first + len(columns))
    return np.array(columns, dtype=np.intp)
