"""Do published norms of biceps hold for what we measure? The controls of n2001 beside the table of Pattichis 1995.

Run as `MYOSCOPE_DATA=... python -m tests.studies.norm_controls`. Units are followed through each record of the seven
healthy people and measured as the muscle's table does: all accepted units for
duration, those near enough for all else. A mean is over a person's units, mean and SD are over people. The table in
docs/decisions/0012-norms.md is what this prints.
"""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from acquisition.recordings.door import open_recording
from contracts.measured import Unit
from contracts.settings import NormSettings
from processing.motor_units.potential import describe
from processing.motor_units.settings import MuapSettings
from processing.motor_units.tracking import MotorUnitTracker
from processing.muscle_table import unit_columns
from processing.muscles import find_muscle
from processing.norms.lookup import Norm, load_norms

FEWEST = 3
"""Units of a person below which there is no mean."""

MEASURES = ("duration_ms", "amplitude_uv", "phases", "turns", "area_uvms", "spike_duration_ms")


def units_of(path: Path, muap: MuapSettings) -> tuple[str, list[Unit]]:
    """The person of a record, and its units at the end."""
    with open_recording(path) as recording:
        signal = np.ascontiguousarray(recording.read(0, recording.n_samples)[:, 0])
        rate_hz, person = recording.description.rate_hz, recording.labels.person or ""
    tracker = MotorUnitTracker(rate_hz)
    tracker.feed(signal, 0)
    found: list[Unit] = []
    for state in tracker.units():
        measures, accepted, flags = describe(state, None, rate_hz, muap)
        found.append(
            Unit(
                channel=0,
                unit=state.unit,
                site=1,
                at_index=int(state.indices[-1]),
                fate="followed",
                into=0,
                discharges=state.discharges,
                rate_hz=None,
                interval_cv=None,
                averaged=state.averaged,
                snr=state.snr,
                trusted=state.trusted,
                accepted=accepted,
                flags=flags,
                not_told_from=(),
                measures=measures,
            )
        )
    return person, found


def main() -> None:
    """Print one line for each measure."""
    muap, norms, biceps = MuapSettings(), load_norms(NormSettings()), find_muscle("biceps")
    assert biceps is not None
    people: dict[str, list[Unit]] = defaultdict(list)
    for path in sorted((Path(os.environ["MYOSCOPE_DATA"]) / "n2001").glob("N2001C*.hea")):
        person, units = units_of(path, muap)
        people[person] += units
    print(
        f"{len(people)} people, {sum(u.accepted for units in people.values() for u in units)} accepted units"
    )
    print(
        "| measure | published | here | difference, in published SD | gives z-scores |\n|---|---|---|---|---|"
    )
    for name in MEASURES:
        columns = [next(c.values for c in unit_columns(units) if c.name == name) for units in people.values()]
        means = [float(np.mean(values)) for values in columns if len(values) >= FEWEST]
        norm = norms.find(biceps, 40, name, muap.algorithm)
        assert isinstance(norm, Norm)
        mean, sd = float(np.mean(means)), float(np.std(means, ddof=1))
        off = (mean - norm.mean) / norm.sd
        here = f"{mean:.3g} ± {sd:.2g} (n = {len(means)})"
        compares = "yes" if norm.comparable else "no"
        print(f"| {name} | {norm.mean:g} ± {norm.sd:g} | {here} | {off:+.1f} | {compares} |")


if __name__ == "__main__":
    main()
