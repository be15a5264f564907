"""Motor units followed live on one needle channel."""

import math
from bisect import bisect_left, insort
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.kernels.muap_peaks import most_at, next_potential
from processing.kernels.muap_power import power
from processing.kernels.muap_template import take_off
from processing.motor_units.detection import Detector
from processing.motor_units.peeling import Peeler, Taken
from processing.motor_units.plausibility import Plausibility
from processing.motor_units.splitting import two_groups
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracked import Discharge, TrackingEvent, UnitBorn, UnitState
from processing.motor_units.tracking_settings import TrackingSettings
from processing.motor_units.train import Train
from processing.motor_units.units import Units

DEFAULTS = TrackingSettings()

WARM_S = 3.0
"""In which a unit discharges often enough for every kernel to be compiled."""


class _Found(NamedTuple):
    """A discharge that waits to be averaged until all around it is known."""

    at: int
    """Its index."""
    part: int
    """How much later than that it is, in parts of a sample."""
    train: Train
    alone: bool
    known: NDArray[np.float32]
    """What was subtracted of it."""


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
        factor = max(1, math.floor(rate_hz / settings.detection.rate_hz))
        self._step = factor * max(1, round(settings.step_ms * per_ms / factor))
        self._detector = Detector(rate_hz, self._step, settings.detection)
        band_hz = self._detector.rate_hz
        self._bank = TemplateBank(settings.train.most, band_hz, settings.match)
        self._peeler = Peeler(self._bank, band_hz, settings.match)
        self._units = Units(self._bank, self._peeler, self._detector, rate_hz, settings)
        self._apart = round(settings.averaging.apart_ms * per_ms)
        self._half = round(settings.averaging.half_ms * per_ms)
        self._beside = round(settings.averaging.subtract_ms * per_ms)
        self._flat = max(2, round(settings.detection.flat_ms * per_ms))
        self._reviewed = max(1, round(settings.train.review_s * rate_hz / self._step))
        self._ahead = self._bank.centre + 2
        """Beyond the newest place at which a unit is laid."""
        self._open = round(settings.settle_ms * band_hz / 1000.0)
        """Places that may still change."""
        self._back = round(settings.train.back_s * band_hz)
        late = factor * (self._open + self._ahead + 2 * self._bank.centre) + self._detector.delay
        self._stretch = Stretch(
            self._back + self._open + 8 * self._bank.length,
            late + 2 * self._half + self._beside + 4 * self._step,
        )
        self.latency_s = (factor * (self._open + self._ahead) + self._detector.delay + self._step) / rate_hz
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
        self._stretch.reset()
        self._detector.reset()
        self._peeler.reset()
        self._final = self._sought = self._stretch.stop
        self._to_average: deque[_Found] = deque()
        self._unknown: list[int] = []
        """Indices of peaks that are no unit's."""

    def warm_up(self) -> None:
        """Compile every kernel, so that the first potential waits for none. Changes nothing here."""
        rng = np.random.default_rng(0)
        signal = rng.standard_normal(round(WARM_S * self._rate_hz)).astype(np.float32)
        shape = np.hanning(round(1e-3 * self._rate_hz)).astype(np.float32)
        late_s = np.cumsum(rng.uniform(0.09, 0.12, round(9.0 * WARM_S)))
        for at in (late_s[late_s < WARM_S - 0.1] * self._rate_hz).astype(np.int64).tolist():
            signal[at : at + shape.size] -= np.float32(1000.0) * shape
        twin = MotorUnitTracker(self._rate_hz, self._settings)
        twin.feed(signal, 0)
        twin.units()
        two_groups(np.eye(4, dtype=np.float32))
        Plausibility.warm_up()

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
        events = self._conclude(self._stretch.stop - self._ahead)
        for train in self._units.trains.values():
            train.break_off(at_index)
        self._fed = True
        self._begin(at_index)
        return events

    def strain(self, strained: bool) -> None:
        """Whether the person does more than tense the muscle slightly, from here on.

        Then few discharges stand alone, and a unit is known from less."""
        self._units.strain(strained)

    def units(self) -> tuple[UnitState, ...]:
        """The units that are followed now, in order of their birth."""
        rms = math.sqrt(float(np.mean(self._powers))) if self._powers else 0.0
        return self._units.states(rms)

    def _take_step(self, samples: NDArray[np.float32]) -> list[TrackingEvent]:
        stretch, size = self._stretch, power(samples)
        raw = samples
        if not math.isfinite(size):
            raw = np.where(np.isfinite(samples), samples, np.float32(0.0))
            size = power(raw)
        band = self._detector.step(samples)
        moved = stretch.append(raw, band)
        self._peeler.move(moved)
        self._final -= moved
        self._sought -= moved
        if self._detector.settled:
            stretch.floor[stretch.stop - band.size : stretch.stop] = self._detector.threshold_uv
        self._powers.append(size)
        self._steps += 1
        stop = stretch.stop - self._ahead
        self._peeler.resolve(stretch, self._final, stop, self._units.rows(), self._detector.noise_uv)
        events = self._conclude(stop - self._open)
        if self._steps % self._reviewed == 0:
            events += self._units.review(stretch, self._index(self._final, 0))
        return events

    def _conclude(self, final: int) -> list[TrackingEvent]:
        """What is known before a place, which nothing changes any more."""
        stretch = self._stretch
        taken = self._peeler.take(stretch, final, self._units.similar)
        events: list[TrackingEvent] = [self._take(each) for each in taken]
        if final > self._final:
            if not self._at_limit(self._final, final):
                self._detector.hear(stretch.residual[self._final : final])
            self._final = final
        events += self._seek(final - self._bank.centre)
        self._average()
        return sorted(events, key=lambda event: event.index)

    def _index(self, place: int, phase: int) -> int:
        """The index in the run of a place in the stretch, rounded down."""
        factor, phases = self._detector.factor, self._settings.match.phases
        late = factor * phase // phases
        return self._began + factor * (self._stretch.origin + place) - self._detector.delay + late

    def _take(self, taken: Taken) -> Discharge:
        """One discharge of a unit: its train's own, and held for its average."""
        row, start, phase = taken.placed
        train = self._units.trains[row]
        index = self._index(start + self._bank.centre, phase)
        if not taken.superposed:
            train.shapes.append((index, taken.aligned))
        self._discharged(train, index)
        rival = self._units.trains[taken.rival].unit if taken.rival >= 0 else 0
        if rival:
            train.rivals[rival] = train.rivals.get(rival, 0) + 1
        part = self._detector.factor * phase % self._settings.match.phases
        known = self._subtracted(train, index, part)
        self._to_average.append(_Found(index, part, train, not taken.superposed and not rival, known))
        return Discharge(train.unit, index, taken.superposed, rival)

    def _discharged(self, train: Train, index: int) -> None:
        train.add(index)
        self._peeler.expect(train.row, train.expected_interval() / self._detector.factor)

    def _seek(self, stop: int) -> list[TrackingEvent]:
        """Look for shapes that are no units' yet."""
        stretch, core, factor = self._stretch, self._bank.core, self._detector.factor
        events: list[TrackingEvent] = []
        if stop <= self._sought:
            return events
        origin = self._index(0, 0)
        ahead, limits = origin - self._first_raw, stretch.limits()
        while True:
            peak = next_potential(
                stretch.residual,
                stretch.floor,
                self._sought,
                stop,
                core,
                stretch.raw,
                factor,
                ahead,
                self._detector.delay,
                self._flat,
                *limits,
            )
            if peak < 0:
                break
            index = origin + factor * peak
            insort(self._unknown, index)
            born = self._units.seen(stretch, peak, index, self._detector.noise_uv)
            events += [self._look_back(train) for train in born]
        self._sought = stop
        return events

    def _at_limit(self, first: int, stop: int) -> bool:
        """Whether so much of what lies behind these places is at the converter's limit that it says nothing of the
        noise."""
        begin, end = self._index(first, 0) - self._first_raw, self._index(stop, 0) - self._first_raw
        most = self._settings.detection.clipped_fraction * (end - begin)
        return most_at(self._stretch.raw, begin, end, *self._stretch.limits()) > most

    def _look_back(self, train: Train) -> UnitBorn:
        """The event of a birth, with the discharges that were missed while the unit was not known."""
        stretch, factor = self._stretch, self._detector.factor
        first = max(self._final - self._back, -stretch.origin) + self._bank.length
        self._peeler.expect(train.row, train.expected_interval() / factor)
        if first < self._final:
            for placed in self._peeler.search(stretch, first, self._final, train, self._detector.noise_uv):
                index = self._index(placed.start + self._bank.centre, placed.phase)
                if train.welcome(index):
                    self._discharged(train, index)
        return UnitBorn(train.unit, train.indices[-1], tuple(train.indices))

    @property
    def _first_raw(self) -> int:
        """Index of the first sample of the recording that is held."""
        return self._began + self._steps * self._step - self._stretch.raw.size

    def _subtracted(self, train: Train, index: int, part: int) -> NDArray[np.float32]:
        """What is known of a unit's potential, taken off the recording where it discharged."""
        known = self._units.averagers[train.row].known()
        if known.size:
            first = index - known.size // 2 - self._first_raw
            taps, late = self._bank.rows.taps, 1 if part else 0
            take_off(self._stretch.clean, first, known, taps[len(taps) - 1 - part if part else 0], late)
        return known

    def _average(self) -> None:
        """Take discharges around which all is known into their units' averages."""
        taps, half = self._bank.rows.taps, self._half
        known = self._index(self._sought, 0) - half - self._beside
        while self._to_average and self._to_average[0].at < known:
            found = self._to_average.popleft()
            averager = self._units.averagers.get(found.train.row)
            if found.train.gone or averager is None or not found.alone or found.at - half < self._began:
                continue
            low = bisect_left(self._unknown, found.at - self._apart)
            apart = bisect_left(self._unknown, found.at + self._apart + 1) == low
            start = found.at - half - self._first_raw
            averager.add(self._stretch.clean, start, taps[found.part], found.known, apart)
        del self._unknown[: bisect_left(self._unknown, self._first_raw)]
