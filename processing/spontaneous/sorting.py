"""Potentials of the stream, found and sorted by shape."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processing.kernels.rest_compare import likeness, longest_flat
from processing.kernels.rest_sort import sort_step
from processing.spontaneous.finding import Detector, Stretch
from processing.spontaneous.settings import RestSettings

_MOST_FOUND = 64
"""Potentials in one step."""


@dataclass(frozen=True, slots=True)
class Potential:
    """One potential, sorted."""

    row: int
    index: int
    size_uv: float
    """Of its peak in the detection signal."""
    begins: bool
    """The first of its shape: what the row held before is forgotten."""


class Sorter:
    """Finds potentials in steps of a fixed length and gives each the row of its shape."""

    def __init__(self, rate_hz: float, settings: RestSettings) -> None:
        per_ms = rate_hz / 1000.0
        s = settings.sort
        self.step = max(1, round(settings.step_ms * per_ms))
        self.detector = Detector(rate_hz, self.step, settings.find)
        half, lag = round(s.apart_ms * per_ms), max(1, round(s.lag_ms * per_ms))
        centre, after = round(s.before_ms * per_ms), round(s.after_ms * per_ms)
        middle, behind = round(s.mean_before_ms * per_ms), round(s.mean_after_ms * per_ms)
        margin = half + lag + centre + 2
        size = middle + margin + half + self.step + behind + margin
        self._stretch = Stretch(size)
        self._stop = size - behind - margin
        self._first = self._stop - self.step - half
        self._geometry = np.array([half, centre, lag, middle, middle // 2, _MOST_FOUND])
        self._flat = max(3, round(settings.find.flat_ms * per_ms))
        self._limits = np.array(
            [
                s.distance, s.slow_gain, s.fast_gain, s.gain_weight, s.fast_ms * per_ms, s.memory,
                s.refractory_ms * per_ms, s.peeled, 0.0, s.kept_s * rate_hz, s.forgotten_s * rate_hz,
                s.loose, s.known, s.restart_gain,
            ]
        )  # fmt: skip
        self._large = s.large_sigmas
        self._faint_lag = round(s.faint_lag_ms * per_ms)
        rows = s.rows
        self._shapes = np.zeros((rows, centre + after + 1), np.float32)
        self._anchors = np.full((rows, 3), -1, np.int64)
        self._sizes = np.zeros(rows)
        self._counts = np.zeros(rows, np.int64)
        self._lasts = np.zeros(rows, np.int64)
        self.fast = np.zeros(rows, np.bool_)
        """Rows whose potentials follow each other quickly: their amplitude may change."""
        self.held = np.zeros(rows, np.bool_)
        """Rows that are not given to another shape."""
        self.means = np.zeros((rows, middle + behind + 1), np.float32)
        """Mean potential of each row, as recorded, about what lies before it."""
        self.weights = np.zeros((rows, 2))
        self.middle = middle
        self._found = np.zeros((_MOST_FOUND, 3), np.int64)
        self._found_uv = np.zeros(_MOST_FOUND)
        self.latency = size - self._first + self.step
        """Samples after which a potential is known at the latest."""

    def reset(self, at_index: int) -> None:
        """Hold no samples; the next has this index. Shapes are kept."""
        self._stretch.reset(at_index)
        self.detector.reset()

    def forget(self) -> None:
        """Every shape."""
        self._counts[:] = 0
        self.held[:] = False
        self.fast[:] = False

    def drop(self, row: int) -> None:
        """One shape."""
        self._counts[row] = 0
        self.held[row] = False

    def likeness(self, row: int, other: int) -> tuple[float, float]:
        """Energy by which the shapes of two rows differ, over that of one, beyond the noise in them; and the change of
        amplitude, as a logarithm."""
        left, gain = likeness(self._shapes[row], self._shapes[other], int(self._geometry[2]))
        if gain <= 0.0:
            return math.inf, math.inf
        energy = float(np.sum(self._shapes[other].astype(np.float64) ** 2)) * self._sizes[other] ** 2
        in_noise = (
            self._shapes.shape[1] * self.noise_uv**2 * (1 / self._counts[row] + 1 / self._counts[other])
        )
        ratio = gain * self._sizes[other] / self._sizes[row]
        return left - 1.5 * in_noise / energy, abs(math.log(ratio))

    def likeness_of_means(self, row: int, other: int) -> tuple[float, float]:
        """The same of the mean potentials of two rows as recorded."""
        left, gain = likeness(self.means[row], self.means[other], self._faint_lag)
        return (left, abs(math.log(gain))) if gain > 0.0 else (math.inf, math.inf)

    @property
    def noise_uv(self) -> float:
        """Standard deviation of the noise in the detection signal."""
        return self.detector.noise_uv

    @property
    def known(self) -> int:
        """Run index before which every potential is known."""
        return self._stretch.origin + self._stop - int(self._geometry[0])

    def take(self, samples: NDArray[np.float32]) -> list[Potential]:
        """What the next step makes known, f32 `(step,)`, in order of index."""
        stretch, finite = self._stretch, np.isfinite(samples)
        whole = bool(finite.all())
        band = self.detector.step(samples)
        raw = samples if whole else np.where(finite, samples, np.float32(0.0))
        clipped = longest_flat(raw) >= self._flat
        usable = self.detector.settled and whole and not clipped
        stretch.append(raw, band, self.detector.threshold_uv if usable else math.inf)
        noise_uv = self.detector.noise_uv
        if not math.isfinite(noise_uv):
            return []
        self._limits[8] = self._large * noise_uv
        n = sort_step(
            stretch.residual, stretch.raw, stretch.floor, stretch.origin, self._first, self._stop,
            self._geometry, np.array([noise_uv**2, noise_uv**2]), self._limits, self._shapes, self._anchors,
            self._sizes, self._counts, self._lasts, self.fast, self.held, self.means, self.weights,
            self._found, self._found_uv,
        )  # fmt: skip
        return [
            Potential(row, index, size, bool(begins))
            for (row, index, begins), size in zip(
                self._found[:n].tolist(), self._found_uv[:n].tolist(), strict=True
            )
        ]
