"""The recording chain: what stands between the tissue and the numbers in a file.

Simulation and training alike put a signal through it, so that a model can be tried on any recorder.
"""

import copy
import math
from typing import Annotated, Self

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from contracts.refusal import Refusal
from contracts.settings import Fraction, NotNegative, Positive
from processing.filters import HIGHEST, butterworth
from processing.kernels.recording import add_coloured, add_periodic, convert

BLOCK = 4096
"""Samples whose noise is drawn at once, under a key of their own."""

NOISE_BAND_HZ = (10.0, 10_000.0)
"""Where the RMS of a noise is stated."""

_SETTLE_S = 3.0
"""Before the first sample, without signal: the recorder was on already."""
_WANDER_S = 2.0
"""How long mains keep their strength and frequency."""
_CYCLE_POINTS = 4096
_PHASES_KEY = 2**64 - 1
_DISTANT, _CONVERTER = 3, 4
"""Of the noises (thermal, electrode, drift, distant units, converter): the one whose level follows the
effort, and the one behind the band."""
_WHITE = (0, 1, 0, 2, 3)
"""The row of white noise that each is made of. Drawing them is half of the cost. The drift, below 2 Hz, takes
that of the amplifier: where one is felt the other is not."""

Order = Annotated[int, Meta(ge=1, le=8)]


class Mains(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pickup from the mains."""

    hz: Annotated[float, Meta(ge=45, le=65)] = 50.0
    amplitude_uv: NotNegative = 0.0
    """Of the fundamental, peak; 0 for no pickup at all."""
    harmonics: Annotated[tuple[NotNegative, ...], Meta(max_length=40)] = ()
    """Amplitudes of the 2nd, 3rd ... over that of the fundamental. Their phases come from the seed."""
    wander: Fraction = 0.0
    """Standard deviation of the amplitude, relative."""
    wander_hz: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Standard deviation of the frequency."""


class ChainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recorder at one patient on one day. Microvolt are those at the electrode."""

    highpass_hz: NotNegative = 2.0
    """Butterworth, like the low-pass; 0 for none."""
    highpass_order: Order = 1
    lowpass_hz: NotNegative = 10_000.0
    """None either where the rate holds nothing above it."""
    lowpass_order: Order = 2
    gain: Positive = 1.0
    """Recorded over true microvolt: 1 for a recorder that is calibrated."""
    offset_uv: float = 0.0
    """Of the converter, behind the band."""
    converter_uv: NotNegative = 0.0
    """White noise behind the band: RMS in NOISE_BAND_HZ."""
    resolution_uv: NotNegative = 0.0
    """One step of the converter; 0 for none."""
    full_scale_uv: Positive = 5_000.0
    """Beyond plus and minus this the recorder saturates."""
    thermal_uv: NotNegative = 0.0
    """White noise of amplifier and tissue: RMS in NOISE_BAND_HZ."""
    electrode_uv: NotNegative = 0.0
    """Noise of the metal in the tissue, power falling as `f ** -electrode_slope`: RMS in NOISE_BAND_HZ."""
    electrode_slope: Annotated[float, Meta(ge=0, le=2)] = 1.0
    mains: Mains = Mains()
    drift_uv: NotNegative = 0.0
    """Standard deviation of the slow baseline, ahead of the band: a high-pass takes its share."""
    drift_hz: Annotated[float, Meta(gt=0, le=2)] = 0.5
    """The baseline moves up to here."""
    distant_uv: NotNegative = 0.0
    """RMS of the activity of units too far to be told apart, at full effort; proportional to effort."""
    distant_low_hz: Positive = 20.0
    distant_high_hz: Positive = 200.0


class RecordingChain:
    """One channel of a recorder, fed one stretch after the other.

    To the clean signal come noise, drift, distant units and mains; then band, gain, offset, saturation and
    the steps of the converter. Noise is drawn in whole blocks under the key of the seed and the block's
    number, and the rest goes sample by sample: how a signal is cut into stretches changes no bit. Raises
    Refusal for a band that is impossible at `rate_hz`.
    """

    def __init__(self, settings: ChainSettings, rate_hz: float, seed: int) -> None:
        self._settings, self._rate_hz, self._seed = settings, rate_hz, seed
        self._band = _band(settings, rate_hz)
        self._colours = _colours(settings, rate_hz)
        self._levels = _levels(settings, rate_hz, self._colours)
        self._drawn = sorted({_WHITE[k] for k in np.flatnonzero(self._levels)})
        self._cycle = _cycle(settings.mains, rate_hz, seed)
        self._band_state = np.zeros((len(self._band), 2))
        self._states = [np.zeros((len(sections), 2)) for sections in self._colours]
        self._next: int | None = None
        self._block: int | None = None
        self._white = np.zeros((max(_WHITE) + 1, BLOCK), np.float32)
        self._phase = 0.0
        self._wander = np.zeros((2, 2))
        """Deviations of mains amplitude and frequency (columns) at both ends of the block (rows)."""

    def apply(
        self, clean_uv: NDArray[np.floating], effort: NDArray[np.floating] | float, first_index: int
    ) -> NDArray[np.float32]:
        """The recording of the next stretch: f32 `(n,)`, microvolt.

        clean_uv: `(n,)` microvolt, what a perfect recorder would see; effort: 0 to 1, one number or `(n,)`;
        first_index: number of the first sample. Stretches follow each other without holes; the first may
        begin anywhere. Raises ValueError for one that does not follow.
        """
        if self._next is None:
            settle = round(_SETTLE_S * self._rate_hz)
            self._next = first_index - settle
            self._run(np.zeros(settle), np.zeros(1))
        if first_index != self._next:
            raise ValueError(f"the next sample is {self._next}, not {first_index}: keep a copy to go back to")
        distant = np.asarray(effort, dtype=np.float64).reshape(-1) * self._levels[_DISTANT]
        return self._run(np.array(clean_uv, dtype=np.float64), distant)

    def copy(self) -> Self:
        """An independent copy that goes on exactly as this one would."""
        twin = copy.copy(self)  # what is shared with it is replaced, never written to
        twin._band_state = self._band_state.copy()
        twin._states = [state.copy() for state in self._states]
        return twin

    def _run(self, x: NDArray[np.float64], distant: NDArray[np.float64]) -> NDArray[np.float32]:
        """What becomes of the next samples, which are written over; distant: `(n,)` or `(1,)`."""
        out = np.empty(x.shape[0], np.float32)
        at, done = self._next or 0, 0
        while done < x.shape[0]:
            block, within = divmod(at + done, BLOCK)
            if block != self._block:
                self._draw(block)
            stop = min(x.shape[0], done + BLOCK - within)
            level = distant[done:stop] if distant.shape[0] > 1 else distant
            self._record(x[done:stop], level, within, out[done:stop])
            done = stop
        self._next = at + done
        return out

    def _draw(self, block: int) -> None:
        key = np.array([self._seed % 2**64, block % 2**64], np.uint64)
        rng = np.random.Generator(np.random.Philox(key=key))
        keep = math.exp(-BLOCK / (_WANDER_S * self._rate_hz))
        end = keep * self._wander[1] + math.sqrt(1.0 - keep * keep) * rng.standard_normal(2)
        self._wander = np.array([self._wander[1], end])
        self._white = np.zeros(self._white.shape, np.float32)
        self._white[self._drawn] = rng.standard_normal((len(self._drawn), BLOCK), np.float32)
        self._block = block

    def _record(
        self, x: NDArray[np.float64], distant: NDArray[np.float64], within: int, out: NDArray[np.float32]
    ) -> None:
        settings, mains = self._settings, self._settings.mains
        white = self._white[:, within : within + x.shape[0]]
        for k, (colour, state) in enumerate(zip(self._colours, self._states, strict=True)):
            if self._levels[k]:
                level = distant if k == _DISTANT else self._levels[k : k + 1]
                add_coloured(white[_WHITE[k]], colour, state, level, x)
        if mains.amplitude_uv:
            (begin, hz), (end, _) = self._wander * [mains.wander, mains.wander_hz]
            step = (mains.hz + hz) / self._rate_hz
            slope = (end - begin) / BLOCK
            self._phase = add_periodic(self._cycle, self._phase, step, 1.0 + begin, slope, within, x)
        convert(
            x,
            self._band,
            self._band_state,
            settings.gain,
            settings.offset_uv,
            white[_WHITE[_CONVERTER]],
            self._levels[_CONVERTER],
            settings.resolution_uv,
            settings.full_scale_uv,
            out,
        )


def _band(settings: ChainSettings, rate_hz: float) -> NDArray[np.float64]:
    low, high = settings.highpass_hz, settings.lowpass_hz
    if low >= rate_hz / 2 or (high and low >= high):
        raise Refusal(
            found=f"a recorder with a high-pass of {low:g} Hz and a low-pass of {high:g} Hz at {rate_hz:g} Hz",
            wanted=f"a high-pass below the low-pass and below half the rate, {rate_hz / 2:g} Hz",
            do="Change highpass_hz or lowpass_hz (0 for none), or the rate.",
        )
    rows = butterworth("highpass", settings.highpass_order, low, rate_hz) if low else []
    if 0 < high < HIGHEST * rate_hz:
        rows += butterworth("lowpass", settings.lowpass_order, high, rate_hz)
    return np.array(rows, dtype=np.float64).reshape(-1, 5)


def _colours(settings: ChainSettings, rate_hz: float) -> tuple[NDArray[np.float64], ...]:
    """Sections that white noise goes through: thermal, electrode, drift, distant units."""
    distant = butterworth("highpass", 2, min(settings.distant_low_hz, 0.2 * rate_hz), rate_hz)
    distant += butterworth("lowpass", 2, min(settings.distant_high_hz, 0.4 * rate_hz), rate_hz)
    return (
        np.zeros((0, 5)),
        _falling(settings.electrode_slope, rate_hz),
        np.array(butterworth("lowpass", 2, settings.drift_hz, rate_hz)),
        np.array(distant),
    )


def _falling(slope: float, rate_hz: float) -> NDArray[np.float64]:
    """Sections whose power falls as `f ** -slope` from 1 Hz on.

    Poles at even steps of the logarithm, each with a zero behind it that gives back what is too much
    (Oustaloup et al., IEEE Trans Circuits Syst I 2000;47:25-39). Bilinear with prewarped corners.
    """
    highest_hz = 0.45 * rate_hz
    n_poles = 2 * round(math.log10(highest_hz))
    ratio = highest_hz ** (1.0 / n_poles)
    rows: list[NDArray[np.float64]] = []
    for k in range(n_poles):
        zero_hz = min(ratio ** (k + slope / 2.0), 0.49 * rate_hz)
        pole, zero = (math.tan(math.pi * hz / rate_hz) for hz in (ratio**k, zero_hz))
        rows.append(np.array([[1.0 + zero, zero - 1.0], [1.0 + pole, pole - 1.0]]) / (1.0 + pole))
    pairs = [
        (np.convolve(a[0], b[0]), np.convolve(a[1], b[1])) for a, b in zip(rows[::2], rows[1::2], strict=True)
    ]
    return np.array([[*above, *below[1:]] for above, below in pairs])


def _levels(
    settings: ChainSettings, rate_hz: float, colours: tuple[NDArray[np.float64], ...]
) -> NDArray[np.float64]:
    """Factors by which the noises have the RMS that the settings state. Those of a stated band are
    reckoned by their law and matched at 1 kHz or below, so that the rate changes no density."""
    _, electrode, drift, distant = colours
    at_hz = np.array([min(1000.0, rate_hz / 20.0)])
    law = np.geomspace(*NOISE_BAND_HZ, 1000)
    white = 1.0 / (NOISE_BAND_HZ[1] - NOISE_BAND_HZ[0])
    falling = at_hz[0] ** -settings.electrode_slope / np.trapezoid(law**-settings.electrode_slope, law)
    all_hz = np.geomspace(1e-3, rate_hz / 2, 4000)
    return np.array(
        [
            settings.thermal_uv * math.sqrt(white * rate_hz / 2),
            settings.electrode_uv * math.sqrt(falling * rate_hz / 2 / _power(electrode, at_hz, rate_hz)[0]),
            settings.drift_uv / math.sqrt(np.trapezoid(_power(drift, all_hz, rate_hz), all_hz) * 2 / rate_hz),
            settings.distant_uv
            / math.sqrt(np.trapezoid(_power(distant, all_hz, rate_hz), all_hz) * 2 / rate_hz),
            settings.converter_uv * math.sqrt(white * rate_hz / 2),
        ]
    )


def _power(sections: NDArray[np.float64], hz: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Squared gain at these frequencies."""
    z = np.exp(-2j * np.pi * hz / rate_hz)
    gain = np.ones(hz.shape)
    for b0, b1, b2, a1, a2 in sections:
        gain = gain * np.abs((b0 + (b1 + b2 * z) * z) / (1.0 + (a1 + a2 * z) * z)) ** 2
    return gain


def _cycle(mains: Mains, rate_hz: float, seed: int) -> NDArray[np.float64]:
    """One period of the mains, closed: the fundamental and the harmonics that the rate can carry."""
    key = np.array([seed % 2**64, _PHASES_KEY], np.uint64)
    phases = np.random.Generator(np.random.Philox(key=key)).uniform(
        0.0, 2.0 * np.pi, 1 + len(mains.harmonics)
    )
    turns = 2.0 * np.pi * np.arange(_CYCLE_POINTS + 1) / _CYCLE_POINTS
    cycle = np.zeros(turns.shape)
    for k, (relative, phase) in enumerate(zip((1.0, *mains.harmonics), phases, strict=True), start=1):
        if k * mains.hz < rate_hz / 2:
            cycle += mains.amplitude_uv * relative * np.sin(k * turns + phase)
    return cycle
