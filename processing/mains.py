"""Which mains a recording was made in."""

import numpy as np
from numpy.typing import NDArray

SHORTEST_S = 0.5
"""Below this, 50 and 60 Hz and their neighbours are not separate."""

SMALLEST_FRACTION = 0.02
"""Of the power above 20 Hz that must lie in the lines before a notch is worth its ringing."""

STANDS_OUT = 20.0
"""Power per hertz on the line, over that beside it, in one second. Tried: white noise reaches 13 in 12,000
lines; a single unit firing regularly at 8 to 25 Hz, whose harmonics fall on the line, reaches 19 where it
also carries the fraction above; recordings with visible mains have 50 to 7,000."""


def detect_mains_hz(samples: NDArray[np.floating], rate_hz: float) -> float:
    """50.0 or 60.0 where the lines of that mains stand out of the spectrum of `samples`, else 0.0.

    samples: `(n_samples, n_channels)`, raw, at least 0.5 s of them; not finite ones count as 0. Causal use:
    ask once, on the first second of a run. Both the line itself must stand out of its neighbourhood and it
    must carry a share of the power; of two that do, the stronger.
    """
    if samples.shape[0] < SHORTEST_S * rate_hz:
        return 0.0
    x = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    x = (x - x.mean(axis=0)) * np.hanning(len(x))[:, None]
    power = np.sum(np.abs(np.fft.rfft(x, axis=0)) ** 2, axis=1)
    hz = np.fft.rfftfreq(len(x), 1.0 / rate_hz)
    total = float(power[hz >= 20.0].sum())
    best, best_power = 0.0, SMALLEST_FRACTION * total
    for mains in (50.0, 60.0):
        lines = 0.0
        for k in (1, 2, 3):
            if k * mains + 10.0 >= rate_hz / 2:
                break
            away = np.abs(hz - k * mains)
            width = 2.0 * rate_hz / len(x)
            line, beside = power[away <= width], power[(away > 2.0 * width) & (away <= 9.0)]
            if line.size and beside.size and line.mean() > STANDS_OUT * beside.mean():
                lines += float(line.sum())
        if lines > best_power:
            best, best_power = mains, lines
    return best
