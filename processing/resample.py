"""A stream brought to the analysis rate, causally."""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.blocks import as_block
from processing.kernels.polyphase import extend, resample

PASS_BAND = 0.45
"""Of the lower rate: up to here the resampler is flat."""

STOP_BAND = 0.5
"""Of the lower rate: from here on it is shut, so that nothing at all folds back."""

ATTENUATION_DB = 90.0
"""What the Kaiser window is designed for; the 80 dB promised are measured in a test."""

DENOMINATORS = (16, 64, 256, 1024, 4096)
"""Bounds tried for the ratio as a fraction, the simplest first: they bound the size of the filter."""

RATE_TOLERANCE = 1e-6
"""How far the fraction may be from the ratio asked for. Crystals are ten times worse."""

LARGEST_RATIO = 64.0


class Resampler:
    """From `from_hz` down to `to_hz`: a linear-phase FIR (Kaiser), evaluated only at the outputs.

    Output m is the filter's value at source time `m * from_hz / to_hz`, and exists as soon as that source
    sample does; the signal in it is `delay_s` older. Equal rates pass through untouched. Raises Refusal for
    a higher `to_hz` (a band that is not there must not be given to a model) and for a ratio that is too
    large or not a ratio of whole numbers.

    After `reset` the history is each channel's first sample, repeated, so that an offset makes no step.
    Samples that are not finite are replaced by the last finite one (0 before the first).
    """

    def __init__(self, from_hz: float, to_hz: float, n_channels: int) -> None:
        ratio = _ratio(from_hz, to_hz)
        self.up, self.down = ratio.numerator, ratio.denominator
        """The ratio of the rates: `to_hz / from_hz = up / down`, within 1 ppm."""
        self.identity = ratio == 1
        self._phases = np.ones((1, 1)) if self.identity else _design(self.up, self.down)
        n_taps = self._phases.shape[1]
        self.delay_s = (n_taps * self.up - 1) / (2 * self.up * from_hz) if not self.identity else 0.0
        """Group delay, seconds: the same at every frequency."""
        self._taps = _grouped(self._phases, self.down)
        n_rows = self._taps.shape[1]
        self._ahead = n_rows - n_taps
        self._history = np.zeros((n_rows - 1, n_channels))
        self._held = np.zeros(n_channels, dtype=np.float32)
        self.reset()

    @property
    def phases(self) -> NDArray[np.float64]:
        """The filter, f64 `(up, n_taps)`: the taps of each phase, that of the oldest sample first."""
        return self._phases.copy()

    def reset(self) -> None:
        """Forget the past: the next sample is source sample 0, and output 0 goes with it."""
        self._n_in = self._n_out = 0

    def needed(self, n_out: int) -> int:
        """How many source samples since the last reset it takes until `n_out` outputs exist."""
        return (n_out - 1) * self.down // self.up + 1 if n_out > 0 else 0

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """The outputs that the next samples complete: C-contiguous f32 `(n_outputs, n_channels)`."""
        block = as_block(block)
        if self.identity:
            return block
        if self._n_in == 0 and block.shape[0]:
            self._held[...] = np.where(np.isfinite(block[0]), block[0], 0.0)
            self._history[...] = self._held
        first, self._n_in = self._n_in, self._n_in + block.shape[0]
        produced = (self._n_in * self.up - 1) // self.down + 1 if self._n_in else 0
        out = np.empty((produced - self._n_out, block.shape[1]), dtype=np.float32)
        n_history = self._history.shape[0]
        samples = np.empty((n_history + block.shape[0] + self._ahead, block.shape[1]))
        extend(self._history, block, self._held, samples)
        resample(samples, first, self._taps, self.up, self.down, self._n_out, out)
        self._history[...] = samples[block.shape[0] : block.shape[0] + n_history]
        self._n_out = produced
        return out


def _ratio(from_hz: float, to_hz: float) -> Fraction:
    exact = Fraction(to_hz) / Fraction(from_hz)
    if exact > 1:
        raise Refusal(
            found=f"a stream of {from_hz:g} Hz",
            wanted=f"{to_hz:g} Hz or more, which the analysis stands on",
            do="Choose a model for this rate: a band that was not recorded cannot be made up.",
        )
    candidates = (exact.limit_denominator(limit) for limit in DENOMINATORS)
    ratio = next((r for r in candidates if abs(r - exact) <= RATE_TOLERANCE * exact), None)
    if ratio is None or exact * LARGEST_RATIO < 1:
        raise Refusal(
            found=f"a stream of {from_hz:.10g} Hz for an analysis at {to_hz:.10g} Hz",
            wanted=f"at most {LARGEST_RATIO:g} times that rate, in a ratio of whole numbers up to {DENOMINATORS[-1]}",
            do="State the stream's nominal rate, or choose a model for it.",
        )
    return ratio


def _design(up: int, down: int) -> NDArray[np.float64]:
    """The phases of the filter, f64 `(up, n_taps)`, oldest sample first, each summing to 1.

    Kaiser's formulas for length and shape (Oppenheim and Schafer, section 7.5.3). Frequencies are in units
    of the source rate. Each phase is scaled for itself, so that a constant stays that constant exactly.
    """
    low, high = PASS_BAND * up / down, STOP_BAND * up / down
    n_taps = math.ceil((ATTENUATION_DB - 7.95) / (2.285 * 2.0 * math.pi * (high - low)))
    n = np.arange(n_taps * up)
    at = (n - (n_taps * up - 1) / 2.0) / up
    window = np.kaiser(n_taps * up, 0.1102 * (ATTENUATION_DB - 8.7))
    prototype = (low + high) * np.sinc((low + high) * at) * window
    phases = prototype.reshape(n_taps, up)[::-1].T
    return np.ascontiguousarray(phases / phases.sum(axis=1, keepdims=True))


def _grouped(phases: NDArray[np.float64], down: int) -> NDArray[np.float64]:
    """The taps of eight successive outputs side by side, f64 `(n_groups, n_rows, 8)`, as the kernel wants them.

    All outputs of a group end with the sample at which the last of them does: before and after the taps of each are
    zeros. Groups repeat after `n_groups`.
    """
    up, n_taps = phases.shape
    outputs = np.arange(8 * (up // math.gcd(up, 8))).reshape(-1, 8)
    ends = outputs * down // up
    behind = ends[:, -1:] - ends
    n_rows = n_taps + int(behind.max())
    taps = np.zeros((len(outputs), n_rows, 8))
    for group, column in np.ndindex(outputs.shape):
        stop = n_rows - behind[group, column]
        taps[group, stop - n_taps : stop, column] = phases[outputs[group, column] * down % up]
    return taps
