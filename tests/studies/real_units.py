"""Potentials of followed units in recordings of people, by class, beside a published table.

Run as `MYOSCOPE_DATA=... python -m tests.studies.real_units`; `--write` writes docs/validation/real-units.md. Every
record of the set n2001 (biceps, concentric needle) goes through the tracker, and the units of those that its header
calls low effort through the measures, as they are used live. A person's value is the median over his or her accepted
units.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from contracts.measured import UnitMeasures
from myoscope.studies.data import recordings_folder
from processing.motor_units.firing import unevenness
from processing.motor_units.potential import counts_for_shape, describe
from processing.motor_units.settings import MuapSettings
from processing.motor_units.tracked import UnitState
from processing.motor_units.tracking import MotorUnitTracker
from processing.motor_units.tracking_settings import AveragingSettings, TrainSettings

OUT = Path(__file__).parents[2] / "docs" / "validation" / "real-units.md"
SETTINGS = MuapSettings()
TRAINS = TrainSettings()
CLASSES = ("healthy", "myopathy", "motor neuron disease")
PATTICHIS = {"1": "healthy", "3": "myopathy", "2": "motor neuron disease"}
"""The file's codes. It does not say which is which, and notes on it disagree; group 2 has the long and large
potentials (13.4 ms, 0.83 mV) and group 3 the short and small ones (7.2 ms, 0.24 mV)."""
COLUMNS = {
    "duration_ms": ("duration, ms", "DurMn", 1.0),
    "amplitude_uv": ("amplitude, uV", "AmpMn", 1000.0),
    "phases": ("phases", "PhMn", 1.0),
    "turns": ("turns", "TurMn", 1.0),
}
"""Of the published table: how a measure is called here and there, and the factor to our unit."""
FEWEST = 3
"""Units below which a person has no median."""


@dataclass(frozen=True)
class Record:
    """What one recording gave."""

    person: str
    class_name: str
    effort: str
    unevenness: tuple[float, ...]
    """Of the units that discharged often enough, by which those are known that no will lets discharge."""
    followed: int
    measured: tuple[UnitMeasures, ...]
    """Of accepted units."""
    flags: Counter[str]
    """Of those that are not accepted."""


Values = dict[str, dict[str, list[float]]]
"""By class and measure: one value for each person."""


def recorded(data: Path) -> list[Record]:
    """Every record, in order of name."""
    records: list[Record] = []
    for path in find_recordings(data / "n2001"):
        with open_recording(path) as recording:
            labels = recording.labels
            if labels.effort is None or labels.person is None or labels.class_name is None:
                continue
            rate_hz = recording.description.rate_hz
            tracker = MotorUnitTracker(rate_hz)
            tracker.feed(recording.read(0, recording.n_samples)[:, 0].copy(), 0)
        states = tracker.units()
        uneven = tuple(each for each in map(uneven_by, states) if each is not None)
        told = [describe(state, state.aligned, rate_hz, SETTINGS) for state in states]
        kept = tuple(m for m, accepted, _ in told if accepted and m is not None)
        flags = Counter(flag for _, accepted, flags in told if not accepted for flag in flags)
        one = Record(labels.person, labels.class_name, labels.effort, uneven, len(states), kept, flags)
        records.append(one)
    return records


def uneven_by(unit: UnitState) -> float | None:
    """How much neighbouring intervals of a unit differ; None where there are too few."""
    newest = np.diff(unit.indices)[-TRAINS.unwilled_of :]
    if newest.size < TRAINS.unwilled_least:
        return None
    return float(np.median(unevenness(newest[:-1], newest[1:])))


def by_class(records: Sequence[Record], *, near: bool) -> Values:
    """A person's medians over all accepted units, or over those only that are near enough for amplitude and phases."""
    values: Values = {name: {measure: [] for measure in COLUMNS} for name in CLASSES}
    for (name, _), units in units_of(records, near=near).items():
        if len(units) >= FEWEST:
            for measure in COLUMNS:
                values[name][measure].append(float(np.median([getattr(m, measure) for m in units])))
    return values


def units_of(records: Sequence[Record], *, near: bool) -> dict[tuple[str, str], list[UnitMeasures]]:
    """The accepted units of each person, by class and person."""
    people: dict[tuple[str, str], list[UnitMeasures]] = defaultdict(list)
    for record in records:
        kept = [m for m in record.measured if not near or counts_for_shape(m, SETTINGS)]
        people[record.class_name, record.person] += kept
    return people


def published(path: Path) -> Values:
    """The same of the published table: a mean of twenty potentials for each person."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: {
            measure: [factor * float(row[column]) for row in rows if row["Cls"].strip() == key]
            for measure, (_, column, factor) in COLUMNS.items()
        }
        for key, name in PATTICHIS.items()
    }


def directions(found: Values) -> dict[str, bool]:
    """Whether means over people stand as they should: short and small in myopathy, long and large, of more phases, in
    motor neuron disease. The table has as many phases in myopathy as in health."""
    means = {m: {c: float(np.mean(found[c][m])) for c in CLASSES} for m in COLUMNS}
    ordered = {
        m: means[m]["myopathy"] < means[m]["healthy"] < means[m]["motor neuron disease"]
        for m in ("duration_ms", "amplitude_uv")
    }
    return {**ordered, "phases": means["phases"]["healthy"] < means["phases"]["motor neuron disease"]}


def mean_sd(values: Sequence[float]) -> str:
    """Mean and standard deviation over people, and how many there are."""
    if len(values) < 2:
        return f"n = {len(values)}"
    return f"{np.mean(values):.3g} ± {np.std(values, ddof=1):.2g} (n = {len(values)})"


def table(records: Sequence[Record], known: Values) -> str:
    """Measures by class."""
    every, near = by_class(records, near=False), by_class(records, near=True)
    lines = [
        "| measure | class | published | followed units | those that rise within 500 us |",
        "|" + " --- |" * 5,
    ]
    for measure, (title, _, _) in COLUMNS.items():
        for name in CLASSES:
            cells = (title, name, *(mean_sd(v[name][measure]) for v in (known, every, near)))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def people_table(records: Sequence[Record]) -> str:
    """Every person's medians."""
    lines = [
        "| person | class | units | near | duration, ms | amplitude, uV | phases | turns |",
        "|" + " --- |" * 8,
    ]
    near = units_of(records, near=True)
    for (name, person), units in sorted(units_of(records, near=False).items()):
        medians = [f"{np.median([getattr(m, c) for m in units]):.3g}" if units else "-" for c in COLUMNS]
        cells = (person, name, str(len(units)), str(len(near[name, person])), *medians)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def yield_table(records: Sequence[Record]) -> str:
    """What became of the units, by class."""
    lines = [
        "| class | people | records | units followed | accepted | why not (units may have several reasons) |"
    ]
    lines.append("|" + " --- |" * 6)
    for name in CLASSES:
        mine = [r for r in records if r.class_name == name]
        flags = sum((r.flags for r in mine), Counter[str]())
        cells = (
            name,
            str(len({r.person for r in mine})),
            str(len(mine)),
            str(sum(r.followed for r in mine)),
            str(sum(len(r.measured) for r in mine)),
            ", ".join(f"{flag} {count}" for flag, count in flags.most_common()),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def report(every: Sequence[Record], known: Values) -> str:
    """The page."""
    records = [record for record in every if record.effort == "low"]
    uneven = sorted(each for record in every for each in record.unevenness)
    agree = directions(by_class(records, near=False))
    verdicts = ", ".join(f"{COLUMNS[m][0].split(',')[0]} {'yes' if ok else 'NO'}" for m, ok in agree.items())
    return ABOUT.format(
        records=len(records),
        people=len({r.person for r in records}),
        units=sum(len(r.measured) for r in records),
        verdicts=verdicts,
        clear=AveragingSettings().trusted_template_snr,
        table=table(records, known),
        people_table=people_table(records),
        yields=yield_table(records),
        fewest=FEWEST,
        limit=SETTINGS.rise_time_limit_us,
        all_records=len(every),
        uneven_units=len(uneven),
        most_even=", ".join(f"{each:.3f}" for each in uneven[:5]),
        middle_uneven=float(np.median(uneven)),
        unwilled=TRAINS.unwilled_uneven,
        least=TRAINS.unwilled_least,
    )


ABOUT = """# Followed units of people

Written by `python -m tests.studies.real_units --write` with MYOSCOPE_DATA set; every number below comes from it.

{people} people of the set n2001 (EMGLAB; biceps brachii, concentric needle, 11 s a record, {records} records of low
effort) through the tracker and the measures as they are used live, without a hand on any mark. {units} units are
accepted. A person's value is the median over his or her accepted units, if there are {fewest}; mean ± SD over people.
Beside it the means of twenty potentials per person that Pattichis, Schizas and Middleton (1995) isolated with a
trigger and marked by eye. Other people, another machine, other marks: the direction has to agree, the level need not.

**Direction as published (short and small in myopathy; long, large and of more phases in motor neuron disease):
{verdicts}.**

{table}

By our own rule amplitude and phases count only where the potential rises within {limit:g} us. Of these records few
potentials do, least of all those of healthy people and in motor neuron disease; the last column says what is left.
The published potentials were not chosen so, and the direction is judged over all accepted units.

How clear of its noise a template has to be ({clear:g} times) was chosen on simulated people and with these figures in
sight: at 20 times more units are accepted, faint ones, whose durations come out short and whose amplitudes no longer
tell controls from myopathy. The direction above is not independent of that choice.

Not said by this: the controls of n2001 are 21 to 37 years old, the patients older; amplitude and duration grow with
age. Records are short and units few, so that no single person's table is what an examiner would have.

## How even they discharge

By how much neighbouring intervals differ, the median over their mean, a fibre is known that discharges by itself while
others obey the will: units below {unwilled:g} are not measured. Of the {uneven_units} units with {least} intervals and
more in all {all_records} records, of any effort, the most even have {most_even}, the middle one
{middle_uneven:.2f}. The limit was set with these in sight.

## Each person

{people_table}

## What became of the units

{yields}
"""


def main() -> None:
    """Print the page, or write it down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    data = recordings_folder()
    given = parser.parse_args()
    text = report(recorded(data), published(data / "muap_table" / "muap.csv"))
    print(text)
    if given.write:
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
