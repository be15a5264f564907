"""How often the quality gate flags the windows of recordings, per set, class and flag.

    python -m tests.benchmarks.quality_rates PATH [PATH ...] [--notch auto]

Windows of 0.25 s that follow each other, default limits, the default band of needle EMG. Prints, too, what
the stored values prove (samples at the extremes of the format, long runs of equal values) beside what the
gate said, so that misses and false alarms can be counted.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from contracts.settings import FilterSettings, QualitySettings
from processing.filters import FilterBank
from processing.mains import detect_mains_hz
from processing.quality import QUALITY_FLAGS, QualityGate

SUFFIXES = (".hea", ".asc", ".xz", ".edf", ".bdf", ".parquet")


def judged(recording: Recording, notch: str) -> Iterator[tuple[str, ...]]:
    """The flags of each channel of each window."""
    rate_hz, n_channels = recording.description.rate_hz, len(recording.description.emg)
    raw = recording.read(0, recording.n_samples)
    if notch == "auto":
        mains_hz = detect_mains_hz(raw[: round(rate_hz)], rate_hz)
        notch = {50.0: "50 Hz", 60.0: "60 Hz"}.get(mains_hz, "off")
    bank = FilterBank(msgspec.convert({"notch": notch}, FilterSettings), rate_hz, n_channels)
    filtered = bank.apply(raw)
    length = round(0.25 * rate_hz)
    gate = QualityGate(QualitySettings(), rate_hz, length, n_channels, recording.description.emg_unit)
    for stop in range(bank.settle_samples + length, len(raw) + 1, length):
        yield from gate.judge(raw[stop - length : stop], filtered[stop - length : stop])


def longest_run(raw: NDArray[np.float32]) -> int:
    """Most equal samples in a row."""
    edges = np.flatnonzero(np.concatenate([[True], np.diff(raw) != 0, [True]]))
    return int(np.diff(edges).max())


def at_extremes(raw: NDArray[np.float32]) -> int:
    """Samples equal to the largest or the smallest value of the recording: many where it saturates."""
    return int(np.sum((raw == raw.max()) | (raw == raw.min())))


def main() -> None:
    """Print the rates of the recordings (or folders of them) on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--notch", default="off", choices=("off", "50 Hz", "60 Hz", "auto"))
    given = parser.parse_args()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    damaged: list[str] = []
    for folder in given.paths:
        inside = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
        for path in inside if folder.is_dir() else [folder]:
            with open_recording(path) as recording:
                group = counts[folder.name, recording.labels.class_name or "no class"]
                flags = list(judged(recording, given.notch))
                raw = recording.read(0, recording.n_samples)[:, 0]
            group["records"] += 1
            group["windows"] += len(flags)
            group["any"] += sum(bool(names) for names in flags)
            group.update(name for names in flags for name in names)
            said = {name: sum(name in names for names in flags) for name in ("flat", "clipped")}
            run, extremes = longest_run(raw), at_extremes(raw)
            if run > 100 or extremes > 20 or any(said.values()):
                damaged.append(
                    f"{path.stem}: {extremes} at the extremes, longest run {run}; windows said {said}"
                )
    columns = ("any", *QUALITY_FLAGS)
    print(
        f"{'percent of windows flagged':32}{'records':>8}{'windows':>8}"
        + "".join(f"{c:>15}" for c in columns)
    )
    for (folder_name, class_name), group in sorted(counts.items()):
        rates = "".join(f"{100.0 * group[c] / max(1, group['windows']):15.1f}" for c in columns)
        print(f"{folder_name + ' ' + class_name:32}{group['records']:8}{group['windows']:8}{rates}")
    print("\n".join(["", "recordings with saturated or flat stretches", *(damaged or ["none"])]))


if __name__ == "__main__":
    main()
