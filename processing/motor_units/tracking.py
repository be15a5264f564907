"""Motor units followed live on one needle channel."""

import math
from bisect import bisect_left, insort
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.kernels.muap_match import best_correlation
from processing.kernels.muap_peaks import longest_flat, next_peak
from processing.motor_units.detection import Detector
from processing.motor_units.peeling import Peeler, Placed
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracked import Discharge, TrackingEvent, UnitState
from processing.motor_units.tracking_settings import TrackingSettings
from processing.motor_units.train import Train, heir
from processing.motor_units.units import Units

DEFAULTS = TrackingSettings()


class _Found(NamedTuple):
    """A discharge that waits until all around it is known."""

    at: int
    """Its index."""
    order: int
    """Of finding: trains themselves are never compared."""
    train: Train
    phase: int
    superposed: bool
    rival: Train | None


class MotorUnitTracker:
    """Finds, tells apart and follows motor units: samples in, events out.

    The signal is looked through in steps of a fixed number of samples, counted from the first or from the last
    gap, so that chunking changes nothing. In each step the largest peak comes first: a unit that fits it is
    taken off, or two that lie upon each other are; what fits none begins a shape of its own, which is a unit
    once it has come often enough as a unit discharges. A discharge is told at the latest `latency_s` after its
    peak was fed, for a unit that was born before. Raises Refusal below `minimum_rate_hz`.
    """

    def __init__(self, rate_hz: float, settings: TrackingSettings = DEFAULTS) -> None:
        if not rate_hz >= settings.minimum_rate_hz:
            raise Refusal(
                found=f"a rate of {rate_hz:g} Hz",
                wanted=f"at least {settings.minimum_rate_hz:g} Hz to tell motor units apart",
                do="Record with a needle at 20 kHz or more.",
            )
        per_ms = rate_hz / 1000.0
        self._settings = settings
        self._step = max(1, round(settings.step_ms * per_ms))
        self._detector = Detector(rate_hz, self._step, settings.detection)
        self._bank = TemplateBank(settings.train.most, rate_hz, settings.match)
        self._peeler = Peeler(self._bank, rate_hz, settings.match)
        self._units = Units(self._bank, rate_hz, settings)
        self._apart = round(settings.averaging.apart_ms * per_ms)
        self._flat = max(2, round(settings.detection.flat_ms * per_ms))
        self._reviewed = max(1, round(settings.train.review_s * rate_hz / self._step))
        half = round(settings.averaging.half_ms * per_ms)
        ahead, behind = self._peeler.reach, self._apart + half + 2 * self._step
        self._stretch = Stretch(ahead + 2 * self._step + max(behind, ahead))
        self._stop = self._stretch.raw.size - ahead
        """In the stretch: beyond it, peaks wait for what follows them."""
        self._final = self._stop - 2 * self._step
        """Before it nothing changes any more."""
        self.latency_s = (ahead + 3 * self._step) / rate_hz
        self._partial = np.empty(self._step, dtype=np.float32)
        self._powers: deque[float] = deque(
            maxlen=max(1, round(settings.detection.noise_s * rate_hz / self._step))
        )
        self._rate_hz = rate_hz
        self._fed = False
        self._begin(0)

    def _begin(self, at_index: int) -> None:
        self._began = self._next = at_index
        self._filled = 0
        self._steps = 0
        self._stretch.reset(at_index)
        self._detector.reset()
        self._waiting: list[_Found] = []
        self._to_average: deque[_Found] = deque()
        self._activity: list[int] = []
        self._found = 0

    def warm_up(self) -> None:
        """Compile every kernel, so that the first potential waits for none. Changes nothing here."""
        n = round(self._rate_hz)
        signal = np.random.default_rng(0).standard_normal(n).astype(np.float32)
        width = max(1, round(0.3e-3 * self._rate_hz))
        for at in range(n // 10, n, n // 10):
            signal[at : at + width] -= np.float32(1000.0)
        twin = MotorUnitTracker(self._rate_hz, self._settings)
        twin.feed(signal, 0)
        best_correlation(signal[:4].copy(), signal[:4].copy(), 1)

    def feed(self, samples: NDArray[np.float32], first_index: int) -> list[TrackingEvent]:
        """What became known with the next samples, f32 `(n_samples,)` microvolt, in order of index.

        Samples follow each other; after missing ones call `gap` first. Raises Refusal where they do not.
        """
        if not self._fed:
            self._fed = True
            self._begin(first_index)
        if first_index != self._next:
            raise Refusal(
                found=f"samples from index {first_index}",
                wanted=f"those from {self._next}",
                do="Tell of missing samples by calling gap.",
            )
        events: list[TrackingEvent] = []
        at = 0
        while at < samples.size:
            n = min(self._step - self._filled, samples.size - at)
            self._partial[self._filled : self._filled + n] = samples[at : at + n]
            self._filled += n
            at += n
            if self._filled == self._step:
                self._filled = 0
                events += self._take_step(self._partial)
        self._next = first_index + samples.size
        return events

    def gap(self, at_index: int) -> list[TrackingEvent]:
        """What was still held back; the next sample has index `at_index`.

        Units and their shapes are kept, no interval spans the gap. The last `latency_s` before it is looked
        through only as far as the potentials there are whole.
        """
        events = self._tell(self._stretch.origin + self._stretch.raw.size)
        for train in self._units.trains.values():
            train.break_off(at_index)
        self._fed = True
        self._begin(at_index)
        return events

    def units(self) -> tuple[UnitState, ...]:
        """The units that are followed now, in order of their birth."""
        rms = math.sqrt(float(np.mean(self._powers))) if self._powers else 0.0
        return self._units.states(rms)

    def _take_step(self, samples: NDArray[np.float32]) -> list[TrackingEvent]:
        stretch, finite = self._stretch, np.isfinite(samples)
        band = self._detector.step(samples)
        raw = samples if finite.all() else np.where(finite, samples, np.float32(0.0))
        usable = self._detector.settled and finite.all()
        stretch.append(raw, band, self._detector.threshold_uv if usable else math.inf)
        self._powers.append(float(np.var(raw, dtype=np.float64)))
        self._steps += 1
        first = self._final - self._bank.core
        while (peak := next_peak(stretch.residual, stretch.floor, first, self._stop, self._bank.core)) >= 0:
            self._resolve(peak)
        events = self._tell(stretch.origin + self._final - self._bank.core)
        if self._steps % self._reviewed == 0:
            events += self._units.review(stretch.origin + self._final)
        return events

    def _resolve(self, peak: int) -> None:
        """Say what a peak is made of, and take that off or leave it alone."""
        stretch, core = self._stretch, self._bank.core
        placed: tuple[Placed, ...] = ()
        clipped = longest_flat(stretch.raw, peak - core, peak + core + 1) >= self._flat
        if not clipped:
            trains = self._units.trains
            placed = self._peeler.explain(stretch, peak, trains, self._detector.noise_uv)
        for each in placed:
            self._take(each)
        if placed and stretch.floor[peak] < abs(stretch.residual[peak]):
            stretch.floor[peak] = np.float32(math.inf)
        if placed:
            return
        if not clipped and not stretch.explained[peak]:
            centre = self._bank.centre
            shape = stretch.residual[peak - centre : peak + centre + 1].copy()
            index = stretch.origin + peak
            insort(self._activity, index)
            train = self._units.begin(shape, index)
            self._wait(_Found(index, self._found, train, 0, False, None))
        stretch.floor[peak - core : peak + core + 1] = np.float32(math.inf)

    def _take(self, placed: Placed) -> None:
        """One discharge: the train's own, off the residual, into its shape if it stood alone."""
        stretch, bank, train = self._stretch, self._bank, placed.train
        index = stretch.origin + placed.start + bank.centre
        template = self._peeler.template(placed).copy()
        learned = placed.alone and placed.rival is None
        if learned:
            aligned = bank.interpolator.read(stretch.residual, placed.start, placed.phase, bank.length)
            train.learn(aligned)
        begin, end = bank.supports[train.row].tolist()
        floor = self._settings.match.peel_fraction * float(bank.sizes[train.row])
        stretch.take_off(template, placed.start, begin, end, floor)
        if learned:
            bank.put(train.row, train.shape, train.updates)
        train.add(index)
        insort(self._activity, index)
        if placed.rival is not None:
            train.rivals[placed.rival.unit] = train.rivals.get(placed.rival.unit, 0) + 1
        self._wait(_Found(index, self._found, train, placed.phase, not placed.alone, placed.rival))

    def _wait(self, found: _Found) -> None:
        insort(self._waiting, found)
        self._found += 1

    def _tell(self, before: int) -> list[TrackingEvent]:
        """Events of all discharges before an index, which is final."""
        events: list[TrackingEvent] = []
        while self._waiting and self._waiting[0].at < before:
            found = self._waiting.pop(0)
            train = heir(found.train)
            if train.gone:
                continue
            if train.unit:
                rival = heir(found.rival).unit if found.rival is not None else 0
                superposed = found.superposed or self._others_near(found.at, self._bank.core)
                events.append(Discharge(train.unit, found.at, superposed, rival))
            else:
                events += self._units.birth(train, found.at)
            self._to_average.append(found)
        while self._to_average and self._to_average[0].at + self._apart < before:
            self._average(self._to_average.popleft())
        oldest = self._stretch.origin - self._apart
        del self._activity[: bisect_left(self._activity, oldest)]
        return events

    def _average(self, found: _Found) -> None:
        """Take a discharge into its unit's average, if it stood alone."""
        train, averager = found.train, self._units.averagers.get(found.train.row)
        if train.gone or averager is None or found.superposed or found.rival is not None:
            return
        if self._others_near(found.at, self._apart):
            return
        start = found.at - averager.half - self._stretch.origin
        length = 2 * averager.half + 1
        whole = start >= max(0, self._began - self._stretch.origin)
        if whole and start + length < self._stretch.raw.size:
            read = self._bank.interpolator.read(self._stretch.raw, start, found.phase, length)
            averager.add(read)

    def _others_near(self, index: int, within: int) -> bool:
        """Whether something else was found within so many samples of a discharge."""
        low = bisect_left(self._activity, index - within)
        return bisect_left(self._activity, index + within + 1) - low > 1
