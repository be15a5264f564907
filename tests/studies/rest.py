"""How well discharges at rest are named, against the truth behind the virtual patient, and in real recordings.

Run as `python -m tests.studies.rest [--8] [--write] [section ...]`: 8 recordings of each kind instead of 12; `--write`
keeps what was run in docs/validation/rest.md, section by section. Rules and settings were fitted on seeds below 100 and
on the recordings that are marked so; here are seeds from 401 on, which no decision has looked at. One needle position
in a biceps on the bedside recorder, one kind of discharge; amplitude over noise is that of the mean potential, peak to
peak, over the standard deviation of the same recording without it. A recording counts as named right if a train got
the right name, and every other name that was ever given is counted as false, however soon it was taken back. Passed
over for the next seed are recordings with too few discharges to be named: fewer than 12, of fasciculation potentials
fewer than 5, or within less than 4 s.

Cramps and tremor have no name of their own: both are many motor units that discharge as they do under the will, and
what tells them apart is that they hurt, that nobody wills them, or what the limb does, none of which a needle hears.
The answer to both is that the muscle is not at rest; below are cramps of ten units.
"""

import lzma
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.measured import Grade, RestTrain
from processing.spontaneous.watcher import RestWatcher
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from simulators.patient.spontaneous import SpontaneousSpec
from simulators.patient.truth import truth

REPORT = Path(__file__).parents[2] / "docs" / "validation" / "rest.md"
F32 = NDArray[np.float32]

HEALTHY = Person(45, "female")
NERVE = Person(45, "female", (Disorder("neuropathy", 0.5),))
MOTOR_NEURON = Person(45, "female", (Disorder("motor neuron disease", 0.5),))

NO_NAME = (
    "not named",
    "irregular single-fibre potentials",
    "incomplete relaxation",
    "isolated potentials",
    "artefact",
)
"""Answers that name no spontaneous discharge."""


@dataclass(frozen=True)
class Kind:
    """A discharge, in whom, for how long, and what it is to be called."""

    label: str
    wanted: str
    person: Person
    seconds: float
    spec: SpontaneousSpec


FIBRE, WAVE, TWITCH = "fibrillation potential", "positive sharp wave", "fasciculation potential"
KINDS = (
    Kind("fibrillation, regular", "fibrillation potentials", NERVE, 30, SpontaneousSpec(FIBRE, irregular=0)),
    Kind(
        "positive sharp wave, regular", "positive sharp waves", NERVE, 30, SpontaneousSpec(WAVE, irregular=0)
    ),
    Kind(
        "fibrillation, irregular",
        "irregular single-fibre potentials",
        NERVE,
        30,
        SpontaneousSpec(FIBRE, irregular=1),
    ),
    Kind("fasciculation, simple", "fasciculation potentials", MOTOR_NEURON, 90, SpontaneousSpec(TWITCH)),
    Kind(
        "fasciculation, complex",
        "fasciculation potentials",
        MOTOR_NEURON,
        90,
        SpontaneousSpec(TWITCH, complex=True),
    ),
    *(
        Kind(name.removesuffix(" discharge"), name, NERVE, 30, SpontaneousSpec(name))
        for name in (
            "complex repetitive discharge",
            "myotonic discharge",
            "myokymic discharge",
            "neuromyotonic discharge",
        )
    ),
    Kind("end-plate spikes", "end-plate spikes", HEALTHY, 30, SpontaneousSpec("end-plate spike")),
    Kind("end-plate noise", "end-plate noise", HEALTHY, 30, SpontaneousSpec("end-plate noise", count=4)),
)
SNRS = (20.0, 10.0, 5.0)
FEWEST = 12
"""True discharges, over at least 4 s, of a train that could be named. Of fasciculation potentials 5."""


@dataclass(frozen=True)
class Played:
    """A recording at rest."""

    signal: F32
    rate_hz: float
    times_s: NDArray[np.float64]
    """Of all discharges that are no motor unit's under the will."""


def played(
    person: Person, seed: int, phases: tuple[Phase, ...], specs: tuple[SpontaneousSpec, ...]
) -> Played:
    """One needle position."""
    muscle = MuscleScript("biceps", sites=1, phases=phases, last_phases=(), spontaneous=specs)
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)))
    pieces: list[F32] = []
    times: list[float] = []
    for number in range(source.n_segments):
        made = source.segment(number)
        pieces.append(made.samples)
        told = truth(made)
        times += [
            at for at, kind in zip(told.at_sample.tolist(), told.kind, strict=True) if kind != "motor unit"
        ]
    source.close()
    signal = np.concatenate(pieces).ravel()
    return Played(signal, source.rate_hz, np.array(times) / source.rate_hz)


def rest(seconds: float) -> tuple[Phase, ...]:
    """Nothing but rest."""
    return (Phase("rest", seconds),)


def watched(signal: F32, rate_hz: float) -> list[RestTrain]:
    """All that is told of a recording."""
    watcher = RestWatcher(rate_hz)
    watcher.begin(1, 0)
    return watcher.feed(np.ascontiguousarray(signal, np.float32), 0) + watcher.end(signal.size)


def names(told: list[RestTrain]) -> Counter[str]:
    """How many trains were ever given each name."""
    return Counter(kind for _, kind in {(each.train, each.kind) for each in told})


def nameable(it: Played, kind: Kind) -> bool:
    """Whether enough was discharged for a name."""
    fewest = 5 if "fasciculation" in kind.label else FEWEST
    return it.times_s.size >= fewest and float(np.ptp(it.times_s)) >= 4.0


def found(kind: Kind, seeds: range) -> Iterator[tuple[int, Played]]:
    """As many recordings as there are seeds in which enough discharges for a name, with their seeds."""
    n = 0
    for seed in range(seeds.start, seeds.start + 3 * len(seeds)):
        it = played(kind.person, seed, rest(kind.seconds), (kind.spec,))
        if nameable(it, kind):
            n += 1
            yield seed, it
        if n == len(seeds):
            return


def confusion(seeds: range) -> list[str]:
    """Each kind: recordings, named right, and every other name."""
    lines = [
        "| what discharges | recordings | named right | false names (trains) | no name |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        n = right = silent = 0
        false: Counter[str] = Counter()
        for _, it in found(kind, seeds):
            given = names(watched(it.signal, it.rate_hz))
            n += 1
            right += kind.wanted in given
            wrong = Counter({name: k for name, k in given.items() if name not in (*NO_NAME, kind.wanted)})
            silent += kind.wanted not in given and not wrong
            false.update(wrong)
        lines.append(f"| {kind.label} | {n} | {_share(right, n)} | {_listed(false)} | {silent} |")
    return lines


def sensitivity(seeds: range) -> list[str]:
    """Fibrillation potentials and positive sharp waves by amplitude over noise."""
    lines = ["| amplitude over noise | " + " | ".join(f"{snr:g}" for snr in SNRS) + " |", "|---|---|---|---|"]
    for kind in KINDS[:2]:
        right = Counter[float]()
        false: dict[float, Counter[str]] = {snr: Counter() for snr in SNRS}
        n = 0
        for seed, it in found(kind, seeds):
            noise = played(NERVE, seed, rest(30.0), ()).signal
            n += 1
            train = it.signal - noise
            for snr in SNRS:
                gain = np.float32(_gain(train, noise, it, snr))
                given = names(watched((noise + gain * train).astype(np.float32), it.rate_hz))
                right[snr] += kind.wanted in given
                false[snr].update({k: v for k, v in given.items() if k not in (*NO_NAME, kind.wanted)})
        cells = [_share(right[s], n) + (f", false: {_listed(false[s])}" if false[s] else "") for s in SNRS]
        lines.append(f"| {kind.label} | " + " | ".join(cells) + " |")
    return lines


def _gain(train: F32, noise: F32, it: Played, snr: float) -> float:
    """What makes the mean potential `snr` standard deviations of the noise, peak to peak."""
    ahead, behind = round(0.002 * it.rate_hz), round(0.03 * it.rate_hz)
    at = np.round(it.times_s * it.rate_hz).astype(int)
    at = at[(at > ahead) & (at < train.size - behind)]
    mean = np.median([train[i - ahead : i + behind] for i in at], axis=0)
    return snr * float(np.std(noise)) / float(np.ptp(mean))


def soak(seeds: range) -> list[str]:
    """False names in rest with end-plates, and in the same with a slow voluntary unit and distant ones."""
    plates = (SpontaneousSpec("end-plate noise", count=4), SpontaneousSpec("end-plate spike"))
    lines = [
        "| rest with | hours | fibrillation potentials or sharp waves | other false names |",
        "|---|---|---|---|",
    ]
    scenes = {
        "end-plate noise and spikes": rest(300.0),
        "the same, distant units and a slow voluntary one": (Phase("minimal", 300.0, effort=0.02),),
    }
    for label, phases in scenes.items():
        false: Counter[str] = Counter()
        seconds = 0.0
        for seed in seeds:
            it = played(HEALTHY, seed, phases, plates)
            seconds += it.signal.size / it.rate_hz
            given = names(watched(it.signal, it.rate_hz))
            false.update(
                {k: v for k, v in given.items() if k not in NO_NAME and not k.startswith("end-plate")}
            )
        fibres = false.pop("fibrillation potentials", 0) + false.pop("positive sharp waves", 0)
        lines.append(f"| {label} | {seconds / 3600:.2f} | {fibres} | {_listed(false)} |")
    return lines


def cramps(seeds: range) -> list[str]:
    """What is said of cramps."""
    said: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for seed in seeds:
        it = played(NERVE, seed, rest(30.0), (SpontaneousSpec("cramp discharge", count=10),))
        given = names(watched(it.signal, it.rate_hz))
        named.update({k: v for k, v in given.items() if k not in NO_NAME})
        said["not at rest" if "incomplete relaxation" in given else "not named" if given else "nothing"] += 1
    return [f"{len(seeds)} recordings: {_listed(said)}. Names given: {_listed(named)}."]


def healthy(seeds: range) -> list[str]:
    """Grades of healthy muscles as they come: three sites, 10 s of rest each."""
    graded: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for seed in seeds:
        muscle = MuscleScript("biceps", sites=3, phases=rest(10.0), last_phases=())
        source = PatientSource(Script(seed=seed, patient=Person(20 + seed % 60), muscles=(muscle,)))
        watcher = RestWatcher(source.rate_hz)
        told: list[RestTrain] = []
        for stay in source.stays:
            if stay.muscle is not None:
                watcher.begin(stay.site, stay.first)
                told += watcher.feed(source.read(stay.first, stay.stop)[:, 0], stay.first)
                told += watcher.end(stay.stop)
        source.close()
        graded.update(f"{g.kind} {g.grade}" for g in watcher.grades() if g.grade > 0)
        named.update(k for k in names(told) if k not in NO_NAME)
    zero = len(seeds) - sum(
        v for k, v in graded.items() if k[:-2] in ("fibrillation potentials", "positive sharp waves")
    )
    return [
        f"Grade 0 for fibrillation potentials and positive sharp waves in {_share(zero, len(seeds))} healthy muscles "
        f"of three sites, as they come. Other grades: {_listed(graded)}. Muscles with a name given: {_listed(named)}.",
    ]


def graded(seeds: range) -> list[str]:
    """Grades where every site has trains: three sites of three fibrillating fibres and two sharp waves."""
    specs = (
        SpontaneousSpec("fibrillation potential", count=3),
        SpontaneousSpec("positive sharp wave", count=2),
    )
    found: Counter[str] = Counter()
    for seed in seeds:
        muscle = MuscleScript("biceps", sites=3, phases=rest(15.0), last_phases=(), spontaneous=specs)
        source = PatientSource(Script(seed=seed, patient=NERVE, muscles=(muscle,)))
        watcher = RestWatcher(source.rate_hz)
        for stay in source.stays:
            if stay.muscle is not None:
                watcher.begin(stay.site, stay.first)
                watcher.feed(source.read(stay.first, stay.stop)[:, 0], stay.first)
                watcher.end(stay.stop)
        source.close()
        grades: tuple[Grade, ...] = watcher.grades()
        found.update(
            f"{g.kind}: {g.grade}"
            for g in grades
            if g.kind in ("fibrillation potentials", "positive sharp waves")
        )
    return [
        f"{len(seeds)} muscles with three fibrillating fibres and two sharp waves at each of three sites: "
        f"{_listed(found)}."
    ]


def recordings(step: int) -> list[str]:
    """Voluntary recordings fed in as if the muscle were at rest."""
    folder = os.environ.get("MYOSCOPE_DATA")
    if not folder:
        return ["Not run: MYOSCOPE_DATA is not set."]
    lines = [
        "| set | records | called not at rest, or not named | nothing told | with the name of a discharge | names |",
        "|---|---|---|---|---|---|",
    ]
    sets = {
        "n2001": (2, 23_437.5, _n2001(Path(folder))),
        "neuromuscular_asc": (4, 32_768.0, _asc(Path(folder))),
    }
    for label, (fitted, rate_hz, signals) in sets.items():
        for part, wanted in (("used for the rules", True), ("not used", False)):
            n = Counter[str]()
            false: Counter[str] = Counter()
            for k, signal in enumerate(signals[::step]):
                if (k * step % fitted == 0) is wanted:
                    given = names(watched(_read(signal), rate_hz))
                    wrong = {kind: v for kind, v in given.items() if kind not in NO_NAME}
                    n["all"] += 1
                    n["named" if wrong else "effort" if given else "none"] += 1
                    false.update(wrong)
            row = (f"{label}, {part}", n["all"], n["effort"], n["none"], n["named"], _listed(false))
            lines.append("| " + " | ".join(map(str, row)) + " |")
    return lines


def nothing(seconds: float) -> list[str]:
    """What is no muscle."""
    rate_hz = 24_000.0
    rng = np.random.default_rng(101)
    n = round(60.0 * rate_hz)
    t = np.arange(n) / rate_hz
    phase = 2 * np.pi * 50.0 * t
    hum = 100.0 * np.sin(phase) + 150.0 * np.exp(-((np.sin(phase / 2) / 0.02) ** 2))
    lines: list[str] = []
    for label in ("silence", "white noise", "mains with sharp tops", "saturation"):
        watcher = RestWatcher(rate_hz)
        watcher.begin(1, 0)
        told: list[RestTrain] = []
        for at in range(0, round(seconds / 60.0) * n, n):
            noise = 3.0 * rng.standard_normal(n)
            wander = np.interp(t, np.linspace(0, 60, 600), 4000.0 * rng.standard_normal(600))
            minute = {
                "silence": np.zeros(n),
                "white noise": noise,
                "mains with sharp tops": hum + noise,
                "saturation": np.clip(wander + noise, -2500.0, 2500.0),
            }[label]
            told += watcher.feed(minute.astype(np.float32), at)
        wrong = {k: v for k, v in names(told).items() if k not in NO_NAME}
        lines.append(f"- {label}, {seconds / 3600:.1f} h: {_listed(Counter(wrong))}")
    return lines


def _n2001(folder: Path) -> list[Path]:
    return sorted((folder / "n2001").glob("*.bin"))


def _asc(folder: Path) -> list[Path]:
    return sorted((folder / "neuromuscular_asc").rglob("*.xz"))


def _read(path: Path) -> F32:
    """Microvolt of a record: 13.107 steps of its converter after 20 bytes, or text."""
    if path.suffix == ".bin":
        return (np.frombuffer(path.read_bytes()[20:], "<i2") / 13.107).astype(np.float32)
    return np.array(lzma.decompress(path.read_bytes()).split(), np.float32)


def _share(right: int, n: int) -> str:
    return f"{right} of {n}" + (f" ({right / n:.0%})" if n else "")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{v} {k}" for k, v in counts.most_common()) or "none"


FIRST = 401
SECTIONS = {
    "Names": lambda k: confusion(range(FIRST, FIRST + k)),
    "Sensitivity and noise": lambda k: sensitivity(range(FIRST, FIRST + k)),
    "False names": lambda k: soak(range(FIRST, FIRST + k)),
    "Healthy muscles": lambda k: healthy(range(FIRST, FIRST + 5 * k)),
    "Grades": lambda k: graded(range(FIRST, FIRST + k)),
    "Cramps": lambda k: cramps(range(FIRST, FIRST + k)),
    "Voluntary recordings": lambda k: recordings(1 if k >= 12 else 3),
    "No muscle": lambda k: nothing(3600.0 if k >= 12 else 600.0),
}


def main(arguments: list[str]) -> None:
    """Print the report, or the sections that are named; with `--write` these are replaced in the page."""
    k = int(next((a[2:] for a in arguments if a[2:].isdigit()), 12))
    wanted = [a for a in arguments if not a.startswith("--")]
    RestWatcher(24_000.0).warm_up()
    parts = _written() if "--write" in arguments else {}
    for title, section in SECTIONS.items():
        if not wanted or title in wanted:
            parts[title] = "\n".join(section(k))
            print(f"## {title}\n\n{parts[title]}\n", flush=True)
            if "--write" in arguments:
                _write(_written() | {title: parts[title]})


def _written() -> dict[str, str]:
    """Sections of the page as it is."""
    if not REPORT.exists():
        return {}
    parts = REPORT.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def _write(parts: dict[str, str]) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    about = (__doc__ or "").strip()
    page = [f"# {about}", *(f"## {title}\n\n{parts[title]}" for title in SECTIONS if title in parts)]
    REPORT.write_text("\n\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
