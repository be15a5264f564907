"""Surface EMG, channel by channel and pair by pair, second after second."""

from collections import deque
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from contracts.measured import SurfaceMeasures
from contracts.refusal import Refusal
from processing.filters import FilterBank
from processing.surface.activity import Activity, Baseline, Change
from processing.surface.fatigue import MedianFrequency, Slope
from processing.surface.settings import SurfaceSettings

DEFAULTS = SurfaceSettings()


class SurfaceMeter:
    """Samples of all channels in, a report for every second out.

    Work is done in steps of a fixed number of samples, counted from the first or from the last gap, so that chunking
    changes nothing. A report comes `latency_s` after its last sample: until then a change of activity in it may not
    be known. Baselines and the largest envelopes outlive a gap, contractions and reports do not.
    """

    def __init__(self, rate_hz: float, n_channels: int, settings: SurfaceSettings = DEFAULTS) -> None:
        self._rate_hz, self._n_channels, self._settings = rate_hz, n_channels, settings
        self._filters = FilterBank(settings.filters, rate_hz, n_channels)
        self._step = max(1, round(settings.step_s * rate_hz))
        step_s = self._step / rate_hz
        self._every = max(settings.segments, round(settings.every_s / step_s))
        self._baseline = Baseline(n_channels, step_s, settings.activity)
        self._activity = Activity(n_channels, step_s, settings.activity)
        self._window = self._activity.window
        self._settled = -(-self._filters.settle_samples // self._step)
        self.latency_s = self._window * step_s
        self._segment = self._every // settings.segments
        self._median = MedianFrequency(self._segment * self._step, rate_hz)
        self._pairs = settings.pairs or (
            tuple(combinations(range(n_channels), 2)) if n_channels <= settings.pair_channels else ()
        )
        kept = self._every + 2 * self._window
        self._signal: deque[NDArray[np.float32]] = deque(maxlen=kept)
        self._levels: deque[NDArray[np.float64]] = deque(maxlen=kept)
        self._partial = np.empty((self._step, n_channels), dtype=np.float32)
        self._largest = np.zeros(n_channels)
        self._fed = False
        self._begin(0)

    def _begin(self, at_index: int) -> None:
        self._began = self._next = at_index
        self._filled = self._steps = 0
        self._filters.reset()
        self._activity.reset()
        self._baseline.break_off()
        self._signal.clear()
        self._levels.clear()
        self._changes: list[Change] = []
        self._active = np.zeros(self._n_channels, dtype=bool)
        """At the end of the last report."""
        self._slopes: list[Slope | None] = [None] * self._n_channels
        """Of the contraction that is going on; None before its first segment."""

    def warm_up(self) -> None:
        """Compile what is compiled, so that the first sample waits for nothing. Changes nothing here."""
        twin = FilterBank(self._settings.filters, self._rate_hz, self._n_channels)
        twin.apply(np.zeros((self._step, self._n_channels), dtype=np.float32))

    def feed(self, samples: NDArray[np.float32], first_index: int) -> list[SurfaceMeasures]:
        """The reports that became whole with the next samples, f32 `(n_samples, n_channels)`.

        Samples follow each other; after missing ones call `gap` first. Raises Refusal where they do not.
        """
        if not self._fed:
            self._fed = True
            self._begin(first_index)
        if first_index != self._next or samples.ndim != 2 or samples.shape[1] != self._n_channels:
            raise Refusal(
                found=f"samples from index {first_index}, shape {samples.shape}",
                wanted=f"those from {self._next} of {self._n_channels} channel(s)",
                do="Tell of missing samples by calling gap.",
            )
        reports: list[SurfaceMeasures] = []
        at = 0
        while at < len(samples):
            n = min(self._step - self._filled, len(samples) - at)
            self._partial[self._filled : self._filled + n] = samples[at : at + n]
            self._filled += n
            at += n
            if self._filled == self._step:
                self._filled = 0
                reports += self._take_step()
        self._next = first_index + len(samples)
        return reports

    def gap(self, at_index: int) -> list[SurfaceMeasures]:
        """Nothing: a second that is not whole is not reported. The next sample has index `at_index`."""
        self._fed = True
        self._begin(at_index)
        return []

    def _take_step(self) -> list[SurfaceMeasures]:
        filtered = self._filters.apply(self._partial)
        levels = np.abs(filtered).sum(axis=0, dtype=np.float64) / self._step
        self._steps += 1
        self._signal.append(filtered)
        self._levels.append(levels)
        if self._steps > self._settled:
            stop_index = self._began + self._steps * self._step
            self._baseline.add(levels, self._partial)
            self._changes += self._activity.step(levels, self._baseline, stop_index, self._step)
        done = self._steps - self._window
        return [self._report(done)] if done > 0 and done % self._every == 0 else []

    def _report(self, done: int) -> SurfaceMeasures:
        """The report that ends after `done` steps; the newest steps lie beyond it."""
        stop_index = self._began + done * self._step
        first_index = stop_index - self._every * self._step
        changes = [change for change in self._changes if change.at_index < stop_index]
        self._changes = [change for change in self._changes if change.at_index >= stop_index]
        signal = np.concatenate([*self._signal][-self._every - self._window : -self._window])
        ever = self._active.copy()
        ever[[change.channel for change in changes]] = True
        spectra = [self._fatigue(c, changes, first_index, signal[:, c]) for c in range(self._n_channels)]
        for change in changes:
            self._active[change.channel] = change.active
        return SurfaceMeasures(
            first_index=first_index,
            stop_index=stop_index,
            envelope_uv=tuple(np.sqrt(np.mean(np.square(signal, dtype=np.float64), axis=0)).tolist()),
            active=tuple(self._active.tolist()),
            onsets=self._indices(changes, active=True),
            offsets=self._indices(changes, active=False),
            median_frequency_hz=tuple(median for median, _ in spectra),
            fatigue_hz_per_s=tuple(slope for _, slope in spectra),
            cocontraction=self._cocontraction(ever),
        )

    def _indices(self, changes: Sequence[Change], *, active: bool) -> tuple[tuple[int, ...], ...]:
        return tuple(
            tuple(c.at_index for c in changes if c.channel == channel and c.active == active)
            for channel in range(self._n_channels)
        )

    def _fatigue(
        self, channel: int, changes: Sequence[Change], first_index: int, signal: NDArray[np.float32]
    ) -> tuple[float | None, float | None]:
        """Mean of the median frequencies of the segments that are active throughout, and the slope so far."""
        own = [change for change in changes if change.channel == channel]
        active, slope = bool(self._active[channel]), self._slopes[channel]
        medians: list[float] = []
        length = self._segment * self._step
        for start in range(0, self._settings.segments * length, length):
            while own and own[0].at_index <= first_index + start:
                active, slope = own.pop(0).active, None
            through = not own or own[0].at_index >= first_index + start + length
            if not (active and through):
                continue
            median = self._median.of(np.ascontiguousarray(signal[start : start + length]))
            if median is not None:
                slope = slope or Slope()
                slope.add((first_index + start) / self._rate_hz, median)
                medians.append(median)
        self._slopes[channel] = None if own else slope
        mean = sum(medians) / len(medians) if medians else None
        return mean, slope.per_s(self._settings.fatigue_segments) if slope else None

    def _cocontraction(self, ever: NDArray[np.bool_]) -> tuple[tuple[int, int, float], ...]:
        """Twice the common area of two envelopes over the sum of their areas, for pairs with activity.

        Each envelope is what the moving mean of the rectified signal has above the baseline, as a part of the
        largest that the channel has had. Source: Falconer and Winter, Electromyogr Clin Neurophysiol 1985;25:135.
        """
        levels = np.stack([*self._levels][: -self._window])
        moving = sliding_window_view(levels, min(self._window, len(levels)), axis=0).mean(axis=-1)
        envelopes = np.maximum(moving[-self._every :] - self._baseline.mean, 0.0)
        self._largest = np.where(ever, np.maximum(self._largest, envelopes.max(axis=0)), self._largest)
        parts = np.divide(envelopes, self._largest, out=np.zeros_like(envelopes), where=self._largest > 0.0)
        found: list[tuple[int, int, float]] = []
        for a, b in self._pairs:
            total = float(np.sum(parts[:, a] + parts[:, b]))
            if (ever[a] or ever[b]) and total > 0.0:
                found.append((a, b, 2.0 * float(np.sum(np.minimum(parts[:, a], parts[:, b]))) / total))
        return tuple(found)
