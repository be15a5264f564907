"""The causal filter bank of the analysis band."""

import math

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from processing.blocks import as_block
from processing.kernels.biquads import filter_block

HIGHEST = 0.45
"""Of the rate: no low-pass lies above. It leaves the recorder's own anti-alias filter some room."""

SETTLED = 0.01
"""What is left of a transient when the filters are called settled."""


class FilterBank:
    """High-pass, low-pass (Butterworth) and mains notches, as second-order sections with float64 state.

    Raises Refusal for a band that is impossible at `rate_hz`. `notch = "auto"` is decided from the signal by
    processing.mains before a bank is built; until then it filters as "off".

    After `reset` a channel starts in the state that its first sample, held for ever, would have led to: an
    offset makes no step. Samples that are not finite are replaced by the last finite one.
    """

    def __init__(self, settings: FilterSettings, rate_hz: float, n_channels: int) -> None:
        self.highpass_hz, self.lowpass_hz, self.notes = _band(settings, rate_hz)
        self.notch_hz = {"50 Hz": 50.0, "60 Hz": 60.0}.get(settings.notch, 0.0)
        """Fundamental of the notches; 0 when off."""
        if self.notch_hz >= rate_hz / 2:
            self.notes += (f"no notch at {self.notch_hz:g} Hz: half the rate is {rate_hz / 2:g} Hz",)
            self.notch_hz = 0.0
        rows = []
        if self.highpass_hz:
            rows += butterworth("highpass", settings.order, self.highpass_hz, rate_hz)
        if self.lowpass_hz:
            rows += butterworth("lowpass", settings.order, self.lowpass_hz, rate_hz)
        for k in range(1, settings.notch_harmonics + 1 if self.notch_hz else 1):
            if k * self.notch_hz < rate_hz / 2:
                rows.append(notch(k * self.notch_hz, settings.notch_q, rate_hz))
        self._sections = np.array(rows, dtype=np.float64).reshape(-1, 5)
        self._steady = steady_state(self._sections)
        self.settle_samples = _settle_samples(self._sections)
        """Samples until the slowest pole has decayed to `SETTLED`, rounded up; 0 without filters."""
        self._state = np.zeros((n_channels, len(rows), 2))
        self._held = np.zeros(n_channels)
        self.reset()

    @property
    def sections(self) -> NDArray[np.float64]:
        """The sections in order, f64 `(n_sections, 5)` as b0 b1 b2 a1 a2 (a0 is 1)."""
        return self._sections.copy()

    def reset(self) -> None:
        """Forget the past: the next sample of each channel is its first."""
        self._held.fill(np.nan)

    def apply(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next samples, filtered: a new C-contiguous f32 `(n_samples, n_channels)`, in the input's unit."""
        block = as_block(block)
        out = np.empty(block.shape, dtype=np.float32)
        filter_block(block, self._sections, self._steady, self._state, self._held, out)
        return out


def butterworth(kind: str, order: int, cutoff_hz: float, rate_hz: float) -> list[tuple[float, ...]]:
    """Sections (b0 b1 b2 a1 a2) of a Butterworth filter; `kind` is `highpass` or `lowpass`.

    Bilinear transform of the analogue prototype's conjugate pole pairs with the cutoff prewarped (Oppenheim
    and Schafer, Discrete-Time Signal Processing, section 7.2). Written out because `import scipy.signal`
    alone takes two seconds of every start; a test holds it against scipy.signal.butter.
    """
    warped = math.tan(math.pi * cutoff_hz / rate_hz)
    high = kind == "highpass"
    rows = []
    for k in range(order // 2):
        damping = 2.0 * math.sin(math.pi * (2 * k + 1) / (2 * order))
        scale = 1.0 / (1.0 + damping * warped + warped * warped)
        gain = scale if high else warped * warped * scale
        a1, a2 = 2.0 * (warped * warped - 1.0) * scale, (1.0 - damping * warped + warped * warped) * scale
        rows.append((gain, -2.0 * gain if high else 2.0 * gain, gain, a1, a2))
    if order % 2:
        scale = 1.0 / (1.0 + warped)
        gain = scale if high else warped * scale
        rows.append((gain, -gain if high else gain, 0.0, (warped - 1.0) * scale, 0.0))
    return rows


def notch(centre_hz: float, q: float, rate_hz: float) -> tuple[float, ...]:
    """The section (b0 b1 b2 a1 a2) that removes `centre_hz`; its -3 dB width is `centre_hz / q`.

    Orfanidis, Introduction to Signal Processing, section 11.3; the same filter as scipy.signal.iirnotch.
    """
    gain = 1.0 / (1.0 + math.tan(math.pi * centre_hz / (q * rate_hz)))
    turn = math.cos(2.0 * math.pi * centre_hz / rate_hz)
    return (gain, -2.0 * gain * turn, gain, -2.0 * gain * turn, 2.0 * gain - 1.0)


def steady_state(sections: NDArray[np.float64]) -> NDArray[np.float64]:
    """The state that a constant input of 1 settles to, f64 `(n_sections, 2)`."""
    state = np.zeros((len(sections), 2))
    level = 1.0
    for row, (b0, b1, b2, a1, a2) in zip(state, sections, strict=True):
        settled = level * (b0 + b1 + b2) / (1.0 + a1 + a2)
        row[1] = b2 * level - a2 * settled
        row[0] = b1 * level - a1 * settled + row[1]
        level = settled
    return state


def _settle_samples(sections: NDArray[np.float64]) -> int:
    slowest = max((float(np.abs(np.roots([1.0, a1, a2])).max()) for *_, a1, a2 in sections), default=0.0)
    return math.ceil(math.log(SETTLED) / math.log(slowest)) if slowest > 0.0 else 0


def _band(settings: FilterSettings, rate_hz: float) -> tuple[float, float, tuple[str, ...]]:
    highpass_hz, lowpass_hz, notes = settings.highpass_hz, settings.lowpass_hz, []
    if lowpass_hz > HIGHEST * rate_hz:
        lowpass_hz = HIGHEST * rate_hz
        notes.append(
            f"low-pass lowered from {settings.lowpass_hz:g} Hz to {lowpass_hz:g} Hz, {HIGHEST:g} of the rate"
        )
    if highpass_hz >= rate_hz / 2:
        raise Refusal(
            found=f"a high-pass of {highpass_hz:g} Hz at a rate of {rate_hz:g} Hz",
            wanted=f"less than half the rate, {rate_hz / 2:g} Hz",
            do="Lower filters.highpass_hz, or choose a stream of a higher rate.",
        )
    if lowpass_hz and highpass_hz >= lowpass_hz:
        raise Refusal(
            found=f"a high-pass of {highpass_hz:g} Hz and a low-pass of {lowpass_hz:g} Hz at a rate of {rate_hz:g} Hz",
            wanted="a high-pass below the low-pass",
            do="Change filters.highpass_hz or filters.lowpass_hz.",
        )
    return highpass_hz, lowpass_hz, tuple(notes)
