"""How well activity of surface EMG is told: false onsets at rest, missed contractions, errors of onset and offset.

Run as `python -m tests.studies.surface_activity`. Signals are band-limited noise at 2 kHz: rest of 3 uV (20 to 450
Hz), and contractions of one second (30 to 150 Hz) between rests of one to three seconds, their size as a multiple of
rest. The table in docs/surface.md is what this prints.
"""

import time

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from processing.surface.meter import SurfaceMeter

RATE_HZ = 2_000.0
CHANNELS = 8
REST_S = 600.0
TOLERANCE_S = 0.25


def band_noise(low_hz: float, high_hz: float, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise of unit standard deviation, `(n, CHANNELS)`."""
    sections = butter(4, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    x: NDArray[np.float64] = np.asarray(sosfilt(sections, rng.standard_normal((n, CHANNELS)), axis=0))
    return x / x.std()


def told(signal: NDArray[np.float32]) -> tuple[list[list[int]], list[list[int]]]:
    """Onsets and offsets by channel."""
    meter = SurfaceMeter(RATE_HZ, CHANNELS)
    reports = meter.feed(signal, 0)
    onsets = [[i for r in reports for i in r.onsets[c]] for c in range(CHANNELS)]
    return onsets, [[i for r in reports for i in r.offsets[c]] for c in range(CHANNELS)]


def matched(truth: list[int], found: list[int]) -> list[float]:
    """Errors in seconds of the found that lie next to a true one."""
    errors = [(min(found, key=lambda f: abs(f - t)) - t) / RATE_HZ for t in truth] if found else []
    return [e for e in errors if abs(e) <= TOLERANCE_S]


def main() -> None:
    """Print rest and one line for each size of contraction."""
    rng = np.random.default_rng(101)
    n = round(REST_S * RATE_HZ)
    rest = 3.0 * band_noise(20.0, 450.0, n, rng)
    began = time.thread_time()
    onsets, _ = told(rest.astype(np.float32))
    share = (time.thread_time() - began) / REST_S
    hours = CHANNELS * REST_S / 3_600.0
    print(
        f"false onsets at rest: {sum(map(len, onsets)) / hours:.1f} an hour and channel; {share:.2%} of one core"
    )
    print(
        "| contraction over rest | found | false, an hour | onset, ms | offset, ms |\n|---|---|---|---|---|"
    )
    for ratio in (1.5, 2.0, 3.0, 5.0, 10.0):
        truth = np.cumsum(rng.uniform(2.0, 4.0, 60)) + 2.0
        n = round((truth[-1] + 4.0) * RATE_HZ)
        signal = 3.0 * band_noise(20.0, 450.0, n, rng)
        bursts = 3.0 * ratio * band_noise(30.0, 150.0, n, rng)
        starts = [round(t * RATE_HZ) for t in truth]
        for start in starts:
            signal[start : start + 2_000] += bursts[start : start + 2_000]
        onsets, offsets = told(signal.astype(np.float32))
        early = [e for c in onsets for e in matched(starts, c)]
        late = [e for c in offsets for e in matched([s + 2_000 for s in starts], c)]
        false = sum(map(len, onsets)) - len(early)
        cells = [f"{1000 * np.mean(errors):+.0f} ± {1000 * np.std(errors):.0f}" for errors in (early, late)]
        found = len(early) / (len(starts) * CHANNELS)
        print(
            f"| {ratio:g} | {found:.1%} | {false / (CHANNELS * n / RATE_HZ / 3600):.1f} | {cells[0]} | {cells[1]} |"
        )


if __name__ == "__main__":
    main()
