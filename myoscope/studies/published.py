"""`myoscope study published`: simulated people against published values, by muscle and class."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from myoscope.studies.ageing import OLD, YOUNG, age_jobs, age_rows
from myoscope.studies.literature import Literature, literature
from myoscope.studies.people import AGES, FEWEST, Job, Seen, see_all
from myoscope.studies.progress import counted
from myoscope.studies.verdicts import UNITS, Line, lines
from simulators.patient.muscles import muscle, muscles
from simulators.patient.person import CONDITIONS

console = Console()

ILL_IN = ("biceps brachii", "tibialis anterior")
"""Muscles in which ill people are examined too; the others show healthy ones only."""

Cell = tuple[str, str]


def run_published(people: int, seed: int, only: Sequence[str], out: Path, workers: int) -> None:
    """Make the people, print the table, write it down."""
    names = [muscle(name).name for name in only] or [kind.name for kind in muscles()]
    cells = [(name, group) for name in names for group in _groups(name)]
    jobs = [
        Job(name, group, (seed, _number(name), ("healthy", *CONDITIONS).index(group), person))
        for name, group in cells
        for person in range(people)
    ]
    jobs += age_jobs(people, seed)
    with counted("people", len(jobs)) as step:
        seen = see_all(jobs, workers, step)
    young, old = seen[-2 * people : -people], seen[-people:]
    by_cell = {cell: seen[i * people : (i + 1) * people] for i, cell in enumerate(cells)}
    known = literature()
    table = [line for cell in cells for line in _lines(cell, by_cell, known)]
    console.print(_printed(table))
    command = f"myoscope study published --people {people} --seed {seed}"
    command += "".join(f" --muscle '{name}'" for name in only)
    text = _document(table, by_cell, command, people) + _ages(young, old)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    console.print(f"{out}: {_count(table)}", highlight=False)


def _groups(name: str) -> tuple[str, ...]:
    return ("healthy", *CONDITIONS) if name in ILL_IN else ("healthy",)


def _number(name: str) -> int:
    return [kind.name for kind in muscles()].index(name)


def _lines(cell: Cell, by_cell: dict[Cell, list[Seen]], known: Literature) -> list[Line]:
    name, group = cell
    return lines(name, group, by_cell[cell], by_cell[name, "healthy"], known)


def _count(table: Sequence[Line]) -> str:
    judged = [line for line in table if line.verdict != "unsourced"]
    fine = sum(line.verdict == "OK" for line in judged)
    return f"{fine} of {len(judged)} sourced rows OK, {len(table) - len(judged)} rows unsourced"


HEAD = (
    "muscle",
    "group",
    "measure",
    "n",
    "simulated",
    "published",
    "inside",
    "spread",
    "shift",
    "source",
    "verdict",
)


def _cells(line: Line) -> tuple[str, ...]:
    name, unit = UNITS[line.measure]
    published = ""
    if line.published is not None:
        first, second = (_number_text(value) for value in line.published)
        published = f"{first} to {second}" if line.limits else f"{first} ± {second}"
    shift = ""
    if line.shift is not None:
        shift = f"{line.shift[0]:+.3g}" + (f" ({line.shift[1]:+.3g})" if line.shift[1] is not None else "")
    return (
        line.muscle,
        line.group,
        f"{name}, {unit}" if unit else name,
        str(line.n),
        f"{_number_text(line.mean)} ± {_number_text(line.sd)}",
        published,
        "" if line.inside is None else f"{100 * line.inside:.0f} %",
        "" if line.spread is None else f"{line.spread:.2f}",
        shift,
        line.source if line.verdict != "unsourced" else "",
        line.verdict + (f": {line.why}" if line.why else ""),
    )


def _number_text(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _printed(table: Sequence[Line]) -> Table:
    out = Table(*HEAD, title="Simulated against published values")
    for line in table:
        colour = {"OK": "green", "outside": "yellow", "unsourced": "dim"}[line.verdict]
        out.add_row(*_cells(line), style=colour if line.verdict != "OK" else None)
    return out


def _document(table: Sequence[Line], by_cell: dict[Cell, list[Seen]], command: str, people: int) -> str:
    parts = [_ABOUT.format(command=command, people=people, low=AGES[0], high=AGES[1], count=_count(table))]
    for cell, seen in by_cell.items():
        mine = [line for line in table if (line.muscle, line.group) == cell]
        parts.append(f"## {cell[0]}, {cell[1]}\n\n{_yield(seen)}\n\n{_markdown(mine)}\n")
    return "\n".join(parts)


def _ages(young: Sequence[Seen], old: Sequence[Seen]) -> str:
    """The section about age."""
    head = ("measure", f"{YOUNG[0]} to {YOUNG[1]} years", f"{OLD[0]} to {OLD[1]}", "published", "verdict")
    rows = [head, tuple("---" for _ in head), *age_rows(young, old)]
    return "\n## Age, healthy biceps brachii\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _yield(seen: Sequence[Seen]) -> str:
    """How many potentials an examiner got."""
    offered, taken = sum(one.n_offered for one in seen), sum(one.n_taken for one in seen)
    sites = sum(one.n_sites for one in seen)
    few = sum(one.n_taken < FEWEST for one in seen)
    return (
        f"{taken / sites:.1f} potentials accepted and {offered / sites:.1f} above 50 uV per needle position; "
        f"{few} of {len(seen)} people gave fewer than {FEWEST} and have no means."
    )


def _markdown(table: Sequence[Line]) -> str:
    rows = [HEAD[2:], tuple("---" for _ in HEAD[2:])] + [_cells(line)[2:] for line in table]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_ABOUT = """# Simulated people and published values

Written by `{command}`; every number below comes from it. {people} people for each
muscle and group, {low} to {high} years old. **{count}.**

Each person is examined as the published groups were: at least six needle positions beside fibres of units
that take part in a slight contraction, the mean potential of every unit that discharges there (3 Hz to
8 kHz, 20 kHz, 2 uV of noise), measured as [measurements.md](../measurements.md) says. The first twenty are
taken, five from one position at most, that reach 50 uV, are negative for the most part and stand 40 uV out of
500 Hz to 5 kHz, where units are told apart; the rise time limit of the older manual technique is not asked for
(two thirds of the potentials averaged from recordings of healthy people rise more slowly). Means are over a
person's potentials, mean ± SD over people; intervals are per unit.

* *inside*: share within two published SD of the published mean (asked for: 90 % or more of healthy people);
* *spread*: SD between people over the published one (asked for: 0.5 to 1.5);
* *shift*: mean of ill minus mean of healthy people, in brackets the published one. Ill groups are OK when
  the direction is right and their mean lies within two SD of the published group's.

Biceps was tuned on published means of the 12 normal people (duration, amplitude, phases, turns, spike duration,
area) and disorders on those of the ill in biceps. Tibialis anterior was not used for tuning, nor were the
n2001 controls ([controls.md](controls.md)). Severity of the ill: beta(2, 2), chronic; how ill the published
groups were is not known. Rows without a source are general knowledge at best, and are not judged.

Part of what lies outside is the rule of measurement and not the muscle: [controls.md](controls.md) has what the
same code finds in recorded healthy biceps beside these published values.
"""
