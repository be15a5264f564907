"""`myoscope study controls`: potentials averaged from recorded and from simulated traces by the same steps."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from myoscope.studies.averaging import averaged
from myoscope.studies.data import recordings_folder
from myoscope.studies.examination import BAND, RATE_HZ, SETTINGS, Potential
from myoscope.studies.literature import literature
from myoscope.studies.people import FEWEST, shape_of
from myoscope.studies.progress import counted
from myoscope.studies.traces import Sitting, Trace, recorded, simulated, sittings
from myoscope.studies.verdicts import UNITS
from processing.motor_units.measures import TemplateMeter

console = Console()

MEASURES = (
    "duration_ms",
    "amplitude_uv",
    "phases",
    "turns",
    "polyphasic_percent",
    "spike_duration_ms",
    "area_uvms",
    "thickness_ms",
    "rise_time_us",
)
SMALL_UV = 10.0
SMALL = " (small peaks)"
"""After the name of a measure: turns and peaks count from SMALL_UV on."""
_END = round(5e-3 * RATE_HZ)
"""Of a template: what is quiet but for its noise."""
BY_SMALL_PEAKS = ("turns", "spike_duration_ms")
HEAD = ("measure", "recorded", "simulated", "difference, in recorded SD", "published, biceps")
Means = dict[str, float]


def run_controls(seed: int, times: int, out: Path, workers: int) -> None:
    """Average, measure, print, write down."""
    real = recorded(recordings_folder(), "n2001", BAND)
    by_person: dict[str, list[Trace]] = {}
    for trace in real:
        by_person.setdefault(trace.person, []).append(trace)
    planned = sittings(real, times, seed, BAND)
    people: list[tuple[int, Means]] = []
    with counted("simulated people", len(planned)) as step, ProcessPoolExecutor(workers) as pool:
        for one in pool.map(_made, planned):
            people.append(one)
            step()
    controls = [_seen(traces) for traces in by_person.values()]
    rows = _rows([means for _, means in controls], [means for _, means in people])
    table = Table(*HEAD, title="Potentials averaged from traces, n2001 controls and their imitations")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    command = f"myoscope study controls --seed {seed} --times {times}"
    text = _ABOUT.format(
        command=command,
        people=len(controls),
        records=len(real),
        simulated=len(people),
        found=_per_record(controls, len(real)),
        made=_per_record(people, len(real) * times),
        rows="\n".join(f"| {' | '.join(row)} |" for row in rows),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    console.print(str(out), highlight=False)


def _made(sitting: Sitting) -> tuple[int, Means]:
    return _seen(simulated(sitting))


def _seen(traces: Sequence[Trace]) -> tuple[int, Means]:
    """How many potentials a person's traces gave, and their means."""
    found: list[Potential] = [potential for trace in traces for potential in averaged(trace.signal)]
    small = shape_of([_by_small_peaks(potential) for potential in found])
    return len(found), shape_of(found) | {
        f"{name}{SMALL}": small[name] for name in BY_SMALL_PEAKS if name in small
    }


def _by_small_peaks(potential: Potential) -> Potential:
    """The same potential under the rule that published spike durations may have followed: no size of a peak."""
    settings = msgspec.structs.replace(SETTINGS, turn_uv=SMALL_UV)
    ends = np.concatenate([potential.waveform[:_END], potential.waveform[-_END:]])
    measures = TemplateMeter(RATE_HZ, settings).measure(potential.waveform, float(np.std(ends)))
    return Potential(potential.waveform, measures, potential.site)


def _per_record(people: Sequence[tuple[int, Means]], records: int) -> float:
    return sum(count for count, _ in people) / records


def _rows(real: Sequence[Means], made: Sequence[Means]) -> list[tuple[str, ...]]:
    published = literature().row("biceps brachii", "healthy").values
    rows: list[tuple[str, ...]] = []
    for measure in (*MEASURES, *(f"{name}{SMALL}" for name in BY_SMALL_PEAKS)):
        one = np.array([means[measure] for means in real if measure in means])
        two = np.array([means[measure] for means in made if measure in means])
        if min(one.size, two.size) < 3:
            continue
        plain = measure.removesuffix(SMALL)
        name, unit = UNITS[plain]
        name += f", peaks of {SMALL_UV:g} uV" if plain != measure else ""
        spread = float(one.std(ddof=1))
        apart = f"{(two.mean() - one.mean()) / spread:+.1f}" if spread > 0 else ""
        rows.append(
            (
                f"{name}, {unit}" if unit else name,
                f"{one.mean():.3g} ± {one.std(ddof=1):.2g} (n = {one.size})",
                f"{two.mean():.3g} ± {two.std(ddof=1):.2g} (n = {two.size})",
                apart,
                "{:.3g} ± {:.2g}".format(*published[plain]) if plain in published else "",
            )
        )
    return rows


_ABOUT = f"""# Potentials of the n2001 controls

Written by `{{command}}`; every number below comes from it.

The {{people}} healthy people of n2001 ({{records}} records of biceps, low and moderate effort, turned over because
they were stored negative up) and {{simulated}} simulated ones on the imitated recorder, as many records each.
Potentials are triggered on and averaged by the same simple steps on both sides and measured alike. A mean is
over a person's potentials (at least {FEWEST}), mean ± SD over people. Potentials per record: {{found:.1f}} recorded,
{{made:.1f}} simulated.

Turns and positive peaks count from {SETTINGS.turn_uv:g} uV on, and once more from {SMALL_UV:g} uV on (or five standard
deviations of the noise, if more): the published spike duration lasts from the first to the last positive peak, and
no size of a peak is given. Where recorded differs from published, people and rules of measurement differ, and
simulated people cannot be held to both.

None of these measures was used for tuning. The sharpness of these records (share of potentials that rise within
500 us, spectra of the traces) was looked at when the wave of a fibre and the size of territories were chosen.

| {" | ".join(HEAD)} |
| --- | --- | --- | --- | --- |
{{rows}}
"""
