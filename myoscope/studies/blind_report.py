"""The recorder-blind check as a command: traces, answers, and a page about what betrays the simulation."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from myoscope.studies.blind import Answer, Windows, answer, windows_of
from myoscope.studies.data import recordings_folder
from myoscope.studies.progress import counted
from myoscope.studies.traces import EFFORTS, FOLDERS, Trace, recorded, simulate_all, sittings

console = Console()

AIM, LIMIT = 0.75, 0.85
"""Balanced accuracy: at most, and where the simulation is not done."""
SHOWN = 10
"""Features in the table of what betrays."""


def run_blind(seed: int, times: int, out: Path, workers: int) -> None:
    """Simulate, ask, print, write down."""
    data = recordings_folder()
    real = [trace for name in FOLDERS for trace in recorded(data, name)]
    planned = sittings(real, times, seed)
    with counted("simulated people", len(planned)) as step:
        simulation = simulate_all(planned, workers, step)
    windows = windows_of([*real, *simulation])
    parts: dict[str, Windows] = {"both": windows, **{name: windows.of(name) for name in FOLDERS}}
    answers = {name: answer(part, seed) for name, part in parts.items()}
    console.print(_scores(answers))
    console.print(_features(answers["both"], windows))
    command = f"myoscope study blind --seed {seed} --times {times}"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(_document(answers, parts, real, simulation, command), encoding="utf-8")
    console.print(f"{out}: {_sentence(answers['both'])}", highlight=False)


def _sentence(found: Answer) -> str:
    worst = found.by_window
    if worst <= AIM:
        return f"balanced accuracy {worst:.2f} by window, at most the {AIM} aimed at"
    if worst <= LIMIT:
        return (
            f"balanced accuracy {worst:.2f} by window, above the {AIM} aimed at, below the limit of {LIMIT}"
        )
    return f"balanced accuracy {worst:.2f} by window, above the limit of {LIMIT}: the simulation is not done"


def _scores(answers: dict[str, Answer]) -> Table:
    table = Table("recorder", "by window", "by record", "by person", title="Simulated or recorded?")
    for name, found in answers.items():
        table.add_row(name, f"{found.by_window:.3f}", f"{found.by_record:.3f}", f"{found.by_person:.3f}")
    return table


_COLUMNS = (
    "feature",
    "fall when shuffled",
    "alone (AUC)",
    "recorded: 10, 50, 90 %",
    "simulated: 10, 50, 90 %",
)


def _betraying(found: Answer, windows: Windows) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, fall, alone in found.betrays[:SHOWN]:
        column = windows.features[:, windows.layout.index(name)]
        rows.append(
            (
                name,
                f"{fall:.3f}",
                f"{alone:.2f}",
                _deciles(column[windows.real]),
                _deciles(column[~windows.real]),
            )
        )
    return rows


def _deciles(values: np.ndarray) -> str:
    return ", ".join(f"{value:.3g}" for value in np.quantile(values, (0.1, 0.5, 0.9)))


def _features(found: Answer, windows: Windows) -> Table:
    table = Table(*_COLUMNS, title="What betrays the simulation")
    for row in _betraying(found, windows):
        table.add_row(*row)
    return table


def _document(
    answers: dict[str, Answer],
    parts: dict[str, Windows],
    real: Sequence[Trace],
    simulation: Sequence[Trace],
    command: str,
) -> str:
    scores = [
        f"| {name} | {found.by_window:.2f} | {found.by_record:.2f} | {found.by_person:.2f} |"
        for name, found in answers.items()
    ]
    pages = [
        f"### {name}\n\n" + _markdown([_COLUMNS, *_betraying(found, parts[name])])
        for name, found in answers.items()
    ]
    return _ABOUT.format(
        command=command,
        sentence=_sentence(answers["both"]),
        scores="\n".join(scores),
        people=len({trace.person for trace in real}),
        records=len(real),
        simulated=len({trace.person for trace in simulation}),
        made=len(simulation),
        efforts=_efforts(),
        pages="\n\n".join(pages),
    )


def _efforts() -> str:
    return "; ".join(
        f"{name}{f' ({word})' if word else ''} {about.median:g} of the maximum, times or over {about.factor:g}"
        for (name, word), about in EFFORTS.items()
    )


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


_ABOUT = """# Simulated or recorded?

Written by `{command}`; every number below comes from it. **{sentence}.**

Healthy biceps of {people} people ({records} records of two public sets) and of {simulated} simulated people
({made} records), through the imitated recorders, brought to 20 kHz and 20 Hz to 5 kHz alike. Random forest
on all window features of one-second windows, five folds over people, every person weighing the same. 0.5 is
chance. By record and by person: mean log odds of the windows.

| recorder | by window | by record | by person |
| --- | --- | --- | --- |
{scores}

Efforts drawn: {efforts}. The n2001 set is turned over: it was stored negative up.

## What betrays the simulation

Fall: of the balanced accuracy when the feature is shuffled among people who were not fitted on. Alone: area
under the curve of the feature by itself, above 0.5 where it is larger in simulated windows.

{pages}
"""
