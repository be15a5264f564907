"""How many microvolt a sound input's full scale is, and which band it passes: measured, and kept."""

import datetime
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
import tomli_w
from msgspec import Meta
from numpy.typing import NDArray

from contracts.refusal import Refusal
from simulators.sound_input import SoundInput

Shape = Literal["sine", "square"]
Excitation = Literal["white noise", "logarithmic sweep"]
Positive = Annotated[float, Meta(gt=0)]

_CLIPPED = 0.999
_SILENT = 1e-4
"""RMS in parts of full scale: 80 dB below it."""
_POOR_FIT = {"sine": 0.1, "square": 0.2}
"""RMS of what the shape leaves unexplained, over that of the signal. A square wave taken for a sine leaves
0.44, a sine taken for a square wave 0.44, white noise about 1."""
_LEAST_PERIODS = 5


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a known signal told of an input. Holds while nobody turns the input's gain."""

    device: str
    rate_hz: Positive
    uv_per_full_scale: tuple[Positive, ...]
    """Per channel: microvolt for a sample of 1.0."""
    known_uv_pp: Positive
    """The signal that was played in, peak to peak."""
    shape: Shape
    measured_on: str
    """Date, UTC."""
    band_hz: tuple[float, float] | None = None
    """Between the -3 dB points; None where it was not measured."""


def calibrate(
    sound: SoundInput,
    known_uv_pp: float,
    shape: Shape = "sine",
    seconds: float = 2.0,
    band_hz: tuple[float, float] | None = None,
) -> Calibration:
    """The calibration of an input into which a signal of `known_uv_pp` microvolt peak to peak is played.

    A sine is fitted by least squares, so that noise and offset do not count; of a square wave the medians
    of its two levels are taken, so that overshoot does not. Raises Refusal for silence, clipping, too short
    a signal, or one that has not the shape.
    """
    if not 0 < known_uv_pp < float("inf"):
        raise Refusal(
            found=f"a known signal of {known_uv_pp:g} uV peak to peak",
            wanted="a number above 0",
            do="Give its size.",
        )
    signal = _collect(sound, seconds)
    factors = [known_uv_pp / _peak_to_peak(column, shape, sound.rate_hz) for column in signal.T]
    return Calibration(
        device=sound.device,
        rate_hz=sound.rate_hz,
        uv_per_full_scale=tuple(float(factor) for factor in factors),
        known_uv_pp=known_uv_pp,
        shape=shape,
        measured_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        band_hz=band_hz,
    )


def measure_band(
    sound: SoundInput, excitation: Excitation = "white noise", seconds: float = 10.0
) -> tuple[float, float]:
    """The -3 dB points, in Hz, of an input into which white noise or a logarithmic sweep is played.

    The power that arrives, in thirds of an octave (times the frequency for the sweep, whose power falls
    with it), is the response. With 10 s of noise a corner at 10 Hz is good to a fifth, one above 30 Hz to
    a twentieth; with a sweep either to a thirtieth. With several channels the band that all of them pass.
    What lies beyond the outermost thirds of an octave (20 periods in `seconds`, nearly half the rate) is not
    seen: an input that passes more is given those. Raises Refusal for silence and clipping.

    A linear sweep does not do: from 0 to 24 kHz in 10 s it is past 10 Hz in 4 ms, and put a corner of
    10 Hz at 13 Hz.
    """
    signal = _collect(sound, seconds)
    tilt = 1.0 if excitation == "logarithmic sweep" else 0.0
    bands = [_band(column, sound.rate_hz, tilt) for column in signal.T]
    return max(low for low, _ in bands), min(high for _, high in bands)


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as TOML. Raises Refusal where that cannot be written."""
    values = {key: value for key, value in msgspec.to_builtins(calibration).items() if value is not None}
    try:
        path.write_text(tomli_w.dumps(values), encoding="utf-8")
    except OSError as error:
        raise Refusal(
            found=f"a calibration that cannot be written to {path} ({error})",
            wanted="a place to keep it",
            do="Give another path.",
        ) from error


def load_calibration(path: Path) -> Calibration:
    """The calibration in a TOML file. Raises Refusal for anything else."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Calibration)
    except (OSError, ValueError) as error:  # TOML, encoding and validation errors are ValueErrors
        raise Refusal(
            found=f"a calibration that cannot be read from {path} ({error})",
            wanted="a file that `myoscope bridge` has written",
            do="Calibrate again.",
        ) from error


def _collect(sound: SoundInput, seconds: float) -> NDArray[np.float64]:
    wanted = round(seconds * sound.rate_hz)
    parts: list[NDArray[np.float32]] = []
    held = 0
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            parts.append(block.samples)
            held += block.samples.shape[0]
            if held >= wanted:
                break
    signal = np.concatenate([np.empty((0, sound.n_channels), np.float32), *parts])[:wanted].astype(np.float64)
    for number, column in enumerate(signal.T, start=1):
        if held == 0 or np.std(column) < _SILENT:
            raise Refusal(
                found=f"silence on channel {number}",
                wanted="the known signal",
                do="Check cable, input and gain.",
            )
        if np.mean(np.abs(column) >= _CLIPPED) > 0.001:
            raise Refusal(
                found=f"channel {number} at full scale",
                wanted="a signal within the input's range",
                do="Turn the input's gain down, and leave it there.",
            )
    return signal


def _peak_to_peak(x: NDArray[np.float64], shape: Shape, rate_hz: float) -> float:
    """In parts of full scale."""
    x = x - x.mean()
    frequency_hz = _fundamental(x, rate_hz)
    if frequency_hz * x.size / rate_hz < _LEAST_PERIODS:
        raise Refusal(
            found="fewer than five periods", wanted=f"a {shape}", do="Play it for longer, or a faster one."
        )
    fitted = _sine(x, frequency_hz, rate_hz) if shape == "sine" else _square(x)
    unexplained = float(np.std(x - fitted) / np.std(x))
    if unexplained > _POOR_FIT[shape]:
        raise Refusal(
            found=f"a signal of which a {shape} leaves {100 * unexplained:.0f} % unexplained (RMS)",
            wanted=f"a clean {shape}, at most {100 * _POOR_FIT[shape]:.0f} %",
            do="Say which shape is played in, or look for mains and noise on the cable.",
        )
    return float(np.ptp(fitted)) if shape == "square" else 2.0 * float(np.sqrt(2.0) * np.std(fitted))


def _fundamental(x: NDArray[np.float64], rate_hz: float) -> float:
    """The strongest frequency, between the bins of the spectrum by a parabola through its logarithm."""
    power = np.abs(np.fft.rfft(x * np.hanning(x.size))) ** 2
    peak = int(np.argmax(power[1:-1])) + 1
    left, middle, right = np.log(power[peak - 1 : peak + 2] + 1e-300)
    return (peak + 0.5 * (left - right) / (left - 2.0 * middle + right)) * rate_hz / x.size


def _sine(x: NDArray[np.float64], frequency_hz: float, rate_hz: float) -> NDArray[np.float64]:
    """The sine of least squares, its frequency included (IEEE Std 1057: four-parameter fit)."""
    t_s = np.arange(x.size) / rate_hz
    fitted = np.zeros_like(x)
    a = b = 0.0  # so that the first round fits the amplitudes alone
    for _ in range(4):
        phase = 2.0 * np.pi * frequency_hz * t_s
        c, s = np.cos(phase), np.sin(phase)
        slope = t_s * (b * c - a * s)
        terms = np.column_stack([c, s, np.ones_like(x), slope])
        a, b, offset, turn = np.linalg.lstsq(terms, x, rcond=None)[0]
        fitted = a * c + b * s + offset
        frequency_hz += turn / (2.0 * np.pi)
    return fitted - fitted.mean()


def _square(x: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = 0.5 * (np.percentile(x, 5) + np.percentile(x, 95))
    high = x > middle
    return np.where(high, np.median(x[high]), np.median(x[~high]))


def _band(x: NDArray[np.float64], rate_hz: float, tilt: float) -> tuple[float, float]:
    power = np.abs(np.fft.rfft(x - x.mean())) ** 2 * np.arange(x.size // 2 + 1) ** tilt
    lowest_hz = 20.0 * rate_hz / x.size
    n_bands = int(6 * np.log2(0.5 * rate_hz / lowest_hz))
    centres_hz = lowest_hz * 2.0 ** (np.arange(1, n_bands) / 6.0)
    edges = np.outer(centres_hz, [2.0 ** (-1 / 6), 2.0 ** (1 / 6)]) * x.size / rate_hz
    whole = edges[:, 1] <= power.size
    centres_hz, edges = centres_hz[whole], np.round(edges[whole]).astype(int)
    level = np.array([power[first:stop].mean() for first, stop in edges])
    # Of the passed bands' level the upper fifth is typical even where most bands are not passed.
    above_db = 10.0 * np.log10(level / (0.5 * np.percentile(level, 80)))
    passed = np.flatnonzero(above_db >= 0)
    return _crossing(centres_hz, above_db, passed[0], -1), _crossing(centres_hz, above_db, passed[-1], 1)


def _crossing(
    centres_hz: NDArray[np.float64], above_db: NDArray[np.float64], inside: int, step: int
) -> float:
    """Where the level falls through half, between the last band inside and the first outside."""
    outside = inside + step
    if not 0 <= outside < above_db.size:
        return float(centres_hz[inside])
    part = above_db[inside] / (above_db[inside] - above_db[outside])
    return float(centres_hz[inside] * (centres_hz[outside] / centres_hz[inside]) ** part)
