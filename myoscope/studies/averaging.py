"""Potentials averaged from a trace: simple triggering on what stands out, for recorded and simulated alike.

Nothing is claimed for it but that both sides go through the same: peaks behind a high-pass, gathered by shape,
averaged where they recur like the discharges of one unit.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, find_peaks, sosfiltfilt

from myoscope.studies.examination import RATE_HZ, SETTINGS, accepted
from myoscope.studies.examination import Potential as Averaged
from processing.motor_units.measures import TemplateMeter

F64 = NDArray[np.float64]
Indices = NDArray[np.int64]

SIGMAS, LEAST_UV = 4.0, 30.0
"""Height of a peak, in standard deviations of the quiet, and in microvolt at least."""
ALIKE = 0.2
"""Energy of the difference over that of the template, at most, for a peak to belong to it."""
FEWEST = 20
"""Discharges in an average."""
TOO_SOON_S, TOO_SOON = 0.020, 0.05
"""No unit discharges again so soon, but for this part of the intervals."""
MEDIAN_INTERVAL_S = (0.03, 0.35)
LOCKED = 0.4
"""Part of the discharges at one lag to another train's from which on the two are one unit."""

_BEFORE, _AFTER = round(1.25e-3 * RATE_HZ), round(1.75e-3 * RATE_HZ)
_HALF = round(25e-3 * RATE_HZ)
_DEAD = round(1.5e-3 * RATE_HZ)
_LAG = round(10e-3 * RATE_HZ)


def averaged(signal: NDArray[np.floating]) -> list[Averaged]:
    """The potentials of all units that stand out of a broad-band trace `(n,)` at RATE_HZ, the largest first."""
    sections = butter(2, (500.0, 5_000.0), btype="bandpass", fs=RATE_HZ, output="sos")
    sharp = np.asarray(sosfiltfilt(sections, signal.astype(np.float64)))
    quiet = 1.4826 * float(np.median(np.abs(sharp)))
    peaks, _ = find_peaks(-sharp, height=max(SIGMAS * quiet, LEAST_UV), distance=_DEAD)
    peaks = peaks[(peaks >= _HALF) & (peaks < signal.size - _HALF)].astype(np.int64)
    if peaks.size < FEWEST:
        return []
    shapes = np.stack([sharp[peak - _BEFORE : peak + _AFTER] for peak in peaks])
    labels = gathered(shapes)
    trains = [peaks[labels == label] for label in range(int(labels.max()) + 1)]
    trains = [train for train in trains if regular(train)]
    trains.sort(key=lambda train: -_height(sharp, train))
    kept: list[Indices] = []
    for train in trains:
        if not any(locked(train, other) for other in kept):
            kept.append(train)
    found = [_averaged(signal, train) for train in kept]
    return [potential for potential in found if accepted(potential)]


def gathered(shapes: F64) -> Indices:
    """A label for each shape `(n, samples)`; -1 for what is like no template. The largest shapes found templates."""
    templates: list[F64] = []
    counts: list[int] = []
    for row in np.argsort(-np.ptp(shapes, axis=1)):
        nearest, distance = _nearest(shapes[row], templates)
        if distance < ALIKE:
            counts[nearest] += 1
            templates[nearest] = templates[nearest] + (shapes[row] - templates[nearest]) / min(
                counts[nearest], FEWEST
            )
        else:
            templates.append(shapes[row].copy())
            counts.append(1)
    labels = np.full(shapes.shape[0], -1, np.int64)
    for row, shape in enumerate(shapes):
        nearest, distance = _nearest(shape, templates)
        if distance < ALIKE:
            labels[row] = nearest
    return labels


def regular(train: Indices) -> bool:
    """Whether discharges come often enough, not too soon after each other and not too rarely."""
    if train.size < FEWEST:
        return False
    intervals = np.diff(train) / RATE_HZ
    low, high = MEDIAN_INTERVAL_S
    return bool(np.mean(intervals < TOO_SOON_S) <= TOO_SOON and low < np.median(intervals) < high)


def locked(train: Indices, other: Indices) -> bool:
    """Whether two trains are one unit seen twice: most discharges at one lag."""
    lags = (train[:, np.newaxis] - other[np.newaxis, :]).ravel()
    lags = lags[np.abs(lags) < _LAG]
    counts, _ = np.histogram(lags, bins=np.arange(-_LAG, _LAG + 1, 10))
    return bool(lags.size and counts.max() > LOCKED * train.size)


def _nearest(shape: F64, templates: list[F64]) -> tuple[int, float]:
    distances = [float(np.sum((shape - t) ** 2) / np.sum(t**2)) for t in templates]
    return (int(np.argmin(distances)), min(distances)) if distances else (-1, np.inf)


def _height(sharp: F64, train: Indices) -> float:
    return -float(np.median(sharp[train]))


def _averaged(signal: NDArray[np.floating], train: Indices) -> Averaged:
    around = np.stack([signal[peak - _HALF : peak + _HALF] for peak in train]).astype(np.float64)
    middle = np.median(around, axis=0)
    noise = 1.25 * 1.4826 * float(np.median(np.abs(around - middle))) / np.sqrt(train.size)
    template = middle.astype(np.float32)
    measures = TemplateMeter(RATE_HZ, SETTINGS).measure(template, noise)
    return Averaged(template, measures, 0)
