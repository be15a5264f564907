"""Which units of an effort are fibres that were heard at rest, at the same needle position."""

import numpy as np
from numpy.typing import NDArray

from contracts.measured import DischargeKind, RestTrain
from processing.examination.settings import AtRestSettings
from processing.kernels.muap_correlation import best_correlation, span

OF_FIBRES: frozenset[DischargeKind] = frozenset(
    (
        "fibrillation potentials",
        "positive sharp waves",
        "end-plate spikes",
        "complex repetitive discharge",
        "myotonic discharge",
    )
)
"""What fasciculates or does not relax is a motor unit, which may be measured in effort; and one that goes on unevenly
when it should rest may be called irregular single-fibre potentials."""


class HeardAtRest:
    """The potentials of fibres that discharged by themselves at this needle position.

    They go on when the person tenses the muscle, and are then followed as units are. Their intervals may be as uneven
    as a unit's; their shape is known.
    """

    def __init__(self, rate_hz: float, settings: AtRestSettings) -> None:
        per_ms = rate_hz / 1000.0
        self._half = round(settings.half_ms * per_ms)
        self._lag = round(settings.lag_ms * per_ms)
        self._settings = settings
        self._shapes: dict[int, NDArray[np.float32]] = {}
        """By number of the train, the one that was told of last at the end."""

    def forget(self) -> None:
        """Another needle position."""
        self._shapes.clear()

    def take(self, train: RestTrain) -> None:
        """What is known of a train now, with its mean potential."""
        self._shapes.pop(train.train, None)
        if train.kind in OF_FIBRES and train.snippet:
            self._shapes[train.train] = self._about_peak(train.array()).copy()
            while len(self._shapes) > self._settings.most:
                del self._shapes[next(iter(self._shapes))]

    def holds(self, template: NDArray[np.float32]) -> bool:
        """Whether a potential f32 `(n_samples,)`, microvolt at the same rate, is one of these."""
        if not self._shapes:
            return False
        unit = self._about_peak(template)
        size = span(unit)
        for shape in self._shapes.values():
            larger, smaller = max(span(shape), size), min(span(shape), size)
            if (
                larger <= self._settings.ratio * smaller
                and best_correlation(unit, shape, self._lag) > self._settings.correlation
            ):
                return True
        return False

    def _about_peak(self, shape: NDArray[np.float32]) -> NDArray[np.float32]:
        peak = int(np.abs(shape).argmax())
        return np.pad(shape, self._half)[peak : peak + 2 * self._half + 1]
