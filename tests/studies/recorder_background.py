"""What the two recorders of the public sets look like behind the muscle: the numbers of recorders.toml.

Run as `MYOSCOPE_DATA=... python -m tests.studies.recorder_background`. Healthy biceps only. A person's value
is the median of his or her records; the table gives the spread between persons, and for what changes from
record to record (offset, baseline) the spread between records. The last column is the median of sessions
drawn from recorders.toml, without any muscle.
"""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.door import open_recording
from processing.recorders import draw, recorder
from processing.recording_chain import RecordingChain

SLOPE = 0.75
"""Of the electrode's noise. Seen in the record that is nearly at rest, N2001C08BB63, between 0.1 and 10 kHz."""
WHITE_UV = {"n2001": (1.15, 0.0), "asc": (0.5, 0.7)}
"""Ahead of and behind the band, taken as the recorder's own: the rest, which differs between persons, is the
electrode's."""
FILES = {"n2001": "n2001/N2001C*.hea", "asc": "neuromuscular_asc/02*/Healthy/*.xz"}
FLOOR_HZ = (7_500.0, 9_500.0)
"""Where the quiet stretches hold no activity any more."""
STRONG_UV = 300.0
"""Mains that stand so far above the muscle that harmonics and wander can be seen."""
QUIET = 0.1
_PIECE_S = 0.0875


@dataclass(frozen=True)
class Trace:
    """One record."""

    person: str
    uv: NDArray[np.float64]
    rate_hz: float


def traces(root: Path, name: str) -> list[Trace]:
    """All healthy biceps records of a recorder."""
    found: list[Trace] = []
    for path in sorted(root.glob(FILES[name])):
        with open_recording(path) as recording:
            uv = recording.read(0, recording.n_samples)[:, 0].astype(np.float64)
            found.append(Trace(recording.labels.person or path.stem, uv, recording.description.rate_hz))
    return found


def quiet_density(trace: Trace) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Frequencies and nV per root hertz of the tenth of the record that holds least between 1.5 and 8 kHz."""
    n = round(_PIECE_S * trace.rate_hz)
    pieces = trace.uv[: len(trace.uv) // n * n].reshape(-1, n)
    window = np.hanning(n)
    centred = (pieces - pieces.mean(axis=1, keepdims=True)) * window
    power = np.abs(np.fft.rfft(centred, axis=1)) ** 2 * 2 / (trace.rate_hz * np.sum(window**2))
    hz = np.fft.rfftfreq(n, 1 / trace.rate_hz)
    busy = power[:, (hz > 1500) & (hz < 8000)].mean(axis=1)
    quiet = np.argsort(busy)[: max(3, round(QUIET * len(pieces)))]
    return hz, 1e3 * np.sqrt(power[quiet].mean(axis=0))


def floor(name: str, trace: Trace) -> dict[str, float]:
    """Noise of the quiet stretches, and the electrode's share by the law of SLOPE."""
    hz, nv = quiet_density(trace)

    def level(low_hz: float, high_hz: float) -> float:
        return float(np.sqrt(np.mean(nv[(hz >= low_hz) & (hz < high_hz)] ** 2)))

    law = np.geomspace(10, 10_000, 1000)
    thermal, converter = ((1e3 * uv) ** 2 / 9_990 for uv in WHITE_UV[name])
    kept = (hz >= FLOOR_HZ[0]) & (hz < FLOOR_HZ[1])
    # One pole at 10 kHz is what the asc recorder's noise shows; that of n2001 is flat up to half the rate.
    band = 1 / (1 + (hz[kept] / 1e4) ** 2) if name == "asc" else np.ones(kept.sum())
    scale = max(
        0.0, float(np.sum(nv[kept] ** 2 - thermal * band - converter) / np.sum(band * hz[kept] ** -SLOPE))
    )
    values = {
        "noise at 3 kHz, nV/rtHz": level(2800, 3200),
        "noise at 5 kHz, nV/rtHz": level(4800, 5200),
        "noise at 8 kHz, nV/rtHz": level(7500, 8400),
        "noise at 11 kHz, nV/rtHz": level(10_900, 11_400),
        "electrode_uv": 1e-3 * float(np.sqrt(scale * np.trapezoid(law**-SLOPE, law))),
        "quiet stretches 20-300 Hz, uV": 1e-3 * level(60, 300) * np.sqrt(280.0),
    }
    return values | ({"noise at 15.5 kHz, nV/rtHz": level(15_000, 16_000)} if name == "asc" else {})


def lines(trace: Trace) -> dict[str, float]:
    """Mains: amplitude of the fundamental, and where it is strong its frequency, wander and harmonics."""
    at_s = np.arange(len(trace.uv)) / trace.rate_hz
    window = np.hanning(len(trace.uv)) / np.sum(np.hanning(len(trace.uv)))
    centred = (trace.uv - trace.uv.mean()) * window

    def amplitude(hz: float) -> float:
        return 2 * float(np.abs(np.sum(centred * np.exp(-2j * np.pi * hz * at_s))))

    def beside(hz: float) -> float:
        return float(
            np.sqrt(np.mean([amplitude(hz + away) ** 2 for away in (-3.3, -2.3, -1.6, 1.6, 2.3, 3.3)]))
        )

    mains_hz = max(np.arange(49.8, 50.2, 0.01), key=amplitude)
    values = {"mains, uV": amplitude(mains_hz), "beside the mains, uV": beside(mains_hz)}
    if values["mains, uV"] < STRONG_UV:
        return values
    for k in (2, 3, 4, 5, 7, 9, 11, 13, 15, 17, 19, 25, 31, 37, 41):
        excess = max(0.0, amplitude(k * mains_hz) ** 2 - beside(k * mains_hz) ** 2)
        values[f"harmonic {k}, relative"] = float(np.sqrt(excess)) / values["mains, uV"]
    n = round(0.25 * trace.rate_hz)
    turned = (trace.uv * np.exp(-2j * np.pi * mains_hz * at_s))[: len(at_s) // n * n].reshape(-1, n)
    pieces = (turned * np.hanning(n)).mean(axis=1)
    values["mains, Hz"] = float(mains_hz)
    values["wander"] = float(np.std(np.abs(pieces)) / np.mean(np.abs(pieces)))
    values["wander_hz"] = float(np.std(np.diff(np.unwrap(np.angle(pieces)))) / (2 * np.pi * 0.25))
    return values


def baseline(trace: Trace) -> dict[str, float]:
    """Offset, the slow movement of the baseline, and what the muscle does below the band of its potentials."""
    step = round(trace.rate_hz / 200)
    slow = trace.uv[: len(trace.uv) // step * step].reshape(-1, step).mean(axis=1)
    n = round(2.5 * trace.rate_hz / step)
    pieces = [slow[i : i + n] for i in range(0, len(slow) - n + 1, n // 2)]
    rate_hz, window = trace.rate_hz / step, np.hanning(n)
    power = np.mean([np.abs(np.fft.rfft((p - p.mean()) * window)) ** 2 for p in pieces], axis=0)
    uv = np.sqrt(power * 2 / (rate_hz * np.sum(window**2)))
    hz = np.fft.rfftfreq(n, 1 / rate_hz)
    return {
        "offset, uV": float(np.median(trace.uv)),
        "baseline at 0.4 Hz, uV/rtHz": float(uv[(hz > 0.3) & (hz < 0.5)].mean()),
        "baseline at 1 Hz, uV/rtHz": float(uv[(hz > 0.7) & (hz < 1.3)].mean()),
        "baseline at 3 Hz, uV/rtHz": float(uv[(hz > 2.3) & (hz < 3.5)].mean()),
        "distant units at 20-40 Hz, uV/rtHz": float(uv[(hz > 20) & (hz < 40)].mean()),
    }


def steps(trace: Trace) -> dict[str, float]:
    """Step and reach of the converter."""
    values = np.unique(trace.uv)
    gaps = np.diff(values)
    return {
        "step, uV": float(np.mean(gaps[gaps < 1.5 * np.median(gaps)])),
        "largest, uV": float(np.abs(trace.uv).max()),
    }


def drawn(name: str, sessions: int) -> list[Trace]:
    """Sessions on the imitated recorder, without muscle."""
    imitated, rng = recorder(name), np.random.default_rng(1)
    n = round(10.0 * imitated.rate_hz)
    chains = [RecordingChain(draw(imitated, rng), imitated.rate_hz, seed) for seed in range(sessions)]
    signals = [chain.apply(np.zeros(n), 0.0, 0).astype(np.float64) for chain in chains]
    return [Trace(f"drawn {i}", uv, imitated.rate_hz) for i, uv in enumerate(signals)]


def measured(name: str, trace: Trace) -> dict[str, float]:
    """All of one record."""
    return steps(trace) | floor(name, trace) | lines(trace) | baseline(trace)


def row(values: list[float], imitated: list[float]) -> str:
    """Number, quantiles and spread of the values, and the median of the imitation."""
    low, middle, high = np.percentile(values, [10, 50, 90])
    above = np.log([value for value in values if value > 0])
    quartiles = np.percentile(above, [25, 75]) if len(above) else np.zeros(2)
    factor = float(np.exp((quartiles[1] - quartiles[0]) / 1.349))
    beside = np.median(imitated) if imitated else np.nan
    return f"{len(values):4d} {low:10.4g} {middle:10.4g} {high:10.4g} {factor:8.3g} {beside:10.4g}"


def main() -> None:
    """Print the table."""
    root = Path(os.environ["MYOSCOPE_DATA"])
    for name in FILES:
        real: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        imitated: dict[str, list[float]] = defaultdict(list)
        for trace in traces(root, name):
            for measure, value in measured(name, trace).items():
                real[measure][trace.person].append(value)
        for trace in drawn(name, 20):
            for measure, value in measured(name, trace).items():
                imitated[measure].append(value)
        print(
            f"\n{name:35s} {'n':>4s} {'10 %':>10s} {'median':>10s} {'90 %':>10s} {'factor':>8s} {'imitated':>10s}"
        )
        for measure, people in real.items():
            by_record = measure.startswith(("offset", "baseline", "distant"))
            values = [
                v for records in people.values() for v in (records if by_record else [np.median(records)])
            ]
            print(f"{measure:35s} {row(values, imitated[measure])}")


if __name__ == "__main__":
    main()
