"""The pure path from a chunk to messages: no thread, no socket, no file.

Live, offline, training and tests call the same `Pipeline.feed`, so there is no second implementation to
drift. For any way of cutting a recording into chunks the messages are the same, bit for bit, but for the
stamps in them.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.clock import Clock
from contracts.records import Chunk, Gap, StreamDescription
from contracts.refusal import Refusal
from contracts.settings import Settings
from contracts.wire import Decision, GapNotice, Pattern, Reading, Result, Stamps, WindowsSkipped
from inference.runtime.evidence import Evidence
from inference.runtime.fit import Analysis, analysis_for_model, analysis_without_model, check_layout
from inference.runtime.model import OnnxModel
from processing.feature_registry import FEATURES, PARAMETERS, FeatureParameters
from processing.features import FeatureExtractor, columns_of
from processing.filters import FilterBank
from processing.mains import detect_mains_hz
from processing.quality import QualityGate, accepts
from processing.resample import Resampler
from processing.ring import RingBuffer
from processing.windows import WindowClock

Output = Result | GapNotice | WindowsSkipped

MAINS_WATCH_S = 1.0
"""Signal from which `notch = "auto"` chooses 50 Hz, 60 Hz or none."""

NO_MODEL = Decision(None, 0.0, "no model")


class Pipeline:
    """Resample, filter, window, judge the quality, measure, predict, weigh the evidence."""

    def __init__(
        self,
        settings: Settings,
        stream: StreamDescription,
        model: OnnxModel | None,
        clock: Clock,
        *,
        analysis: Analysis | None = None,
    ) -> None:
        """Build every stage. `analysis` overrides settings and model: in training there is no model yet."""
        n = len(stream.emg)
        if n == 0:
            raise Refusal(
                found=f"no EMG channel in stream {stream.name}",
                wanted="at least one",
                do='Name its role in settings: stream.channels.<label>.role = "emg".',
            )
        self.stream = stream
        self.model = model
        self.analysis = a = analysis or _analysis(settings, stream, model)
        self._resampler = Resampler(stream.rate_hz, a.rate_hz, n)
        self._filters = FilterBank(a.filters, a.rate_hz, n)
        self._extractor = FeatureExtractor(
            a.features, a.rate_hz, a.window, n, _parameters(stream, model), stream.emg_unit
        )
        if model is not None:
            check_layout(model.card, self._extractor.layout)
        self._raw_window = round(a.window / a.rate_hz * stream.rate_hz)
        self._piece = max(1, round(a.hop / a.rate_hz * stream.rate_hz))
        self._mains_after = round(MAINS_WATCH_S * stream.rate_hz) if a.filters.notch == "auto" else 0
        self._gate = QualityGate(settings.quality, stream.rate_hz, self._raw_window, n, stream.emg_unit)
        self._raw = RingBuffer(max(self._raw_window, self._mains_after) + 2 * self._piece, n)
        self._ring = RingBuffer(a.window + 2 * a.hop + 16, n)
        self._windows = WindowClock(a.window, a.hop)
        self._features = np.zeros((n, len(self._extractor.layout)), np.float32)
        self._joint = model is not None and model.card.channels is not None
        self._evidence_tau_s = settings.model.evidence_tau_s
        readings = 1 if self._joint else n
        hop_s = a.hop / a.rate_hz
        self._evidence = [
            Evidence(settings.model, self.classes, self.patterns, hop_s)
            for _ in range(readings if model else 0)
        ]
        self._clock = clock
        self._left_out: frozenset[int] = frozenset()
        self._next_index: int | None = None
        self._base = 0

    @property
    def classes(self) -> tuple[str, ...]:
        """The model's classes; empty without a model."""
        return self.model.card.classes if self.model else ()

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The model's patterns; empty without a model."""
        return self.model.card.patterns if self.model else ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of `Reading.features` for one channel."""
        return self._extractor.layout

    @property
    def feature_units(self) -> tuple[str, ...]:
        """The unit of each column; microvolt reads counts where the stream is in counts."""
        e, unit = self._extractor, self.stream.emg_unit
        return tuple(
            FEATURES[name].unit.replace("uV", unit)
            for name in e.names
            for _ in columns_of(name, e.parameters, self.analysis.rate_hz)
        )

    @property
    def filters(self) -> FilterBank:
        """The filter bank, for what its band was rounded to."""
        return self._filters

    @property
    def delay_s(self) -> float:
        """Group delay of the resampler; 0 when the stream has the analysis rate."""
        return self._resampler.delay_s

    def warm_up(self) -> None:
        """Compile every kernel and run the model, then forget it all: the first sample must not wait."""
        undecided, filters = self._mains_after, self._filters
        rehearsal = self._raw_window + undecided + 3 * self._piece
        samples = np.zeros((rehearsal, len(self.stream.emg)), np.float32)
        samples[::7] = 100.0
        self.feed(as_chunk(samples, 0, self.stream.rate_hz))
        self._extractor.warm_up()
        self.reset_evidence()
        self._next_index = None
        self._mains_after, self._filters = undecided, filters

    def rehearse(self) -> None:
        """Judge the newest samples as if a window ended there, and forget the result: no state changes.

        For a caller that waits for the chunk that completes a window: code and tables that have not been
        touched for some milliseconds are out of the processor's caches (docs/performance.md).
        """
        held = min(
            self._ring.stop_index - self._ring.first_index - self.analysis.window,
            self._raw.stop_index - self._raw.first_index - self._raw_window,
        )
        if held < 0:
            return
        filtered = self._ring.window(self._ring.stop_index, self.analysis.window)
        self._gate.judge(self._raw.window(self._raw.stop_index, self._raw_window), filtered)
        self._extractor.compute(filtered, self._features)
        self._predict(filtered)

    def samples_to_window(self) -> int:
        """How many more samples of the stream the next window needs."""
        if self._next_index is None:
            return self._raw_window
        return self._base + self._resampler.needed(self._windows.next_stop) - self._next_index

    def reset_evidence(self) -> None:
        """Forget the evidence of every reading."""
        for evidence in self._evidence:
            evidence.reset()

    def feed(self, chunk: Chunk, *, taken_at: float = 0.0, waiting_to: int = 0) -> list[Output]:
        """What the chunk brings about, in order: gaps, then the windows that it completes.

        A caller that is more than a hop behind says up to which index samples are waiting (`waiting_to`):
        windows that a newer one among them makes stale are not computed but named in a WindowsSkipped, so
        that an offline run can follow.
        """
        out: list[Output] = []
        gaps = self._gaps_before(chunk)
        for gap in gaps:
            out.append(GapNotice(gap))
            silent_s = max(gap.missing / self.stream.rate_hz, gap.outage_s)
            if gap.cause == "seam" or silent_s > self._evidence_tau_s:
                self.reset_evidence()
        if gaps or self._next_index is None:
            self._begin(chunk.first_index)
        self._next_index = chunk.stop_index
        skipped: list[int] = []
        for first, stop in self._pieces(chunk):
            self._push(chunk.samples[first:stop])
            filtered_at = self._clock()
            for due in self._windows.due(self._ring.stop_index):
                at = self._base + self._resampler.needed(due)
                later = self._base + self._resampler.needed(due + self.analysis.hop)
                if at in self._left_out or later <= waiting_to:
                    skipped.append(at)
                    continue
                captured = float(chunk.stamps[at - 1 - chunk.first_index])
                out.append(self._judge(due, at, (captured, chunk.received_at, taken_at, filtered_at)))
        if skipped:
            out.append(WindowsSkipped(tuple(skipped)))
        return out

    def skip(self, stop_indices: frozenset[int]) -> None:
        """Leave out the windows that end there: what an offline run does to follow a live one."""
        self._left_out = stop_indices

    def _gaps_before(self, chunk: Chunk) -> list[Gap]:
        """What lies between the last sample and this chunk: what nobody announced, then what it carries."""
        told = [] if chunk.gap_before is None else [chunk.gap_before]
        if self._next_index is None:
            return told
        begins = chunk.first_index - sum(gap.missing for gap in told)
        if begins > self._next_index:
            # Nobody announced it, so it is ours: the hand-off dropped its oldest.
            return [Gap(begins, begins - self._next_index, "overload"), *told]
        return told

    def _begin(self, at_index: int) -> None:
        self._base = at_index
        self._resampler.reset()
        self._filters.reset()
        self._raw.reset(at_index)
        self._ring.reset(0)
        self._windows.reset(self._filters.settle_samples)

    def _pieces(self, chunk: Chunk) -> Iterator[tuple[int, int]]:
        """Cut a chunk so that no piece brings more than the rings hold, nor spans the mains decision."""
        n, first = chunk.samples.shape[0], 0
        while first < n:
            stop = min(n, first + self._piece)
            decision = self._mains_after - (chunk.first_index - self._base)
            if self._mains_after and first < decision < stop:
                stop = decision
            yield first, stop
            if self._mains_after and stop == decision:
                self._decide_mains(chunk.first_index + stop)
            first = stop

    def _decide_mains(self, at_index: int) -> None:
        """Choose the notch from the first second, and begin anew with it: once for a run."""
        hz = detect_mains_hz(self._raw.window(at_index, self._mains_after), self.stream.rate_hz)
        choice = {50.0: "50 Hz", 60.0: "60 Hz"}.get(hz, "off")
        decided = msgspec.structs.replace(self.analysis.filters, notch=choice)
        self._filters = FilterBank(decided, self.analysis.rate_hz, len(self.stream.emg))
        self._mains_after = 0
        self._begin(at_index)

    def _push(self, piece: NDArray[np.float32]) -> None:
        self._raw.push(piece)
        self._ring.push(self._filters.apply(self._resampler.push(piece)))

    def _judge(self, due: int, at: int, earlier: tuple[float, float, float, float]) -> Result:
        """The result for the window that ends at analysis index `due`, stream index `at`."""
        filtered = self._ring.window(due, self.analysis.window)
        flags = self._gate.judge(self._raw.window(at, self._raw_window), filtered)
        self._extractor.compute(filtered, self._features)
        featured_at = self._clock()
        probabilities = self._predict(filtered)
        stamps = Stamps(*earlier, featured_at, self._clock())
        if self._joint:
            together = tuple(sorted({flag for each in flags for flag in each}))
            features = tuple(self._features.ravel().tolist())
            readings = (self._reading(None, 0, together, features, probabilities),)
        else:
            readings = tuple(
                self._reading(c, c, flags[c], tuple(self._features[c].tolist()), probabilities)
                for c in range(len(flags))
            )
        return Result(at - self._raw_window, at, readings, stamps)

    def _predict(self, filtered: NDArray[np.float32]) -> NDArray[np.float32] | None:
        if self.model is None:
            return None
        if self.model.card.input == "features":
            return self.model.predict(self._features.reshape(1, -1) if self._joint else self._features)
        signal = filtered[None] if self._joint else np.ascontiguousarray(filtered.T)[:, :, None]
        return self.model.predict(signal)

    def _reading(
        self,
        channel: int | None,
        row: int,
        flags: tuple[str, ...],
        features: tuple[float, ...],
        probabilities: NDArray[np.float32] | None,
    ) -> Reading:
        accepted = accepts(flags)
        if probabilities is None:
            return Reading(channel, accepted, flags, (), (), (), (), NO_MODEL, features)
        evidence = self._evidence[row]
        posterior, decision = evidence.step(probabilities[row] if accepted else None)
        now = probabilities[row].astype(np.float64)
        return Reading(
            channel,
            accepted,
            flags,
            tuple(now.tolist()),
            tuple((evidence.membership @ now).tolist()),
            tuple(posterior.tolist()),
            tuple((evidence.membership @ posterior).tolist()),
            decision,
            features,
        )


def as_chunk(samples: NDArray[np.float32], first_index: int, rate_hz: float) -> Chunk:
    """A chunk of bare samples with ideal stamps: for rehearsal, and for signals that come from no device."""
    stamps = (first_index + np.arange(len(samples))) / rate_hz
    none = np.zeros((len(samples), 0))
    return Chunk(first_index, samples, stamps, float(stamps[-1]), none, samples, stamps, 0.0)


def _analysis(settings: Settings, stream: StreamDescription, model: OnnxModel | None) -> Analysis:
    if model is None:
        return analysis_without_model(settings, stream)
    return analysis_for_model(settings, stream, model.card)


def _parameters(stream: StreamDescription, model: OnnxModel | None) -> FeatureParameters:
    """The thresholds that the model was fitted with; without a model, or word from it, those of the unit."""
    if model is None or not model.card.parameters:
        return PARAMETERS[stream.emg_unit]
    try:
        return msgspec.convert(model.card.parameters, FeatureParameters)
    except msgspec.ValidationError as error:
        raise Refusal(
            found=f"feature parameters in the card of model {model.card.name} that do not read ({error})",
            wanted="those of docs/measurements.md",
            do="Correct the card's `parameters`, or leave them out.",
        ) from error
