"""`myoscope train`: recordings to models with their cards."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.recording import Labels
from contracts.refusal import Refusal
from inference.training.datasets import Windows, load_windows
from inference.training.fit import ALGORITHMS
from inference.training.report import write_card
from inference.training.tasks import TASKS, Task, own_task
from inference.training.train import Trained, best_of, train_all
from processing.feature_registry import PARAMETERS

console = Console()


def run_train(
    data: Sequence[Path],
    task_name: str,
    labels_file: Path | None,
    algorithms: Sequence[str],
    out: Path,
    seed: int,
) -> None:
    """Fit, score and export; write the card and print the scores."""
    unknown = [name for name in algorithms if name not in ALGORITHMS]
    if unknown:
        raise Refusal(
            found=f"algorithm {unknown[0]!r}",
            wanted=f"one of {', '.join(ALGORITHMS)}",
            do="Correct --algorithm.",
        )
    labels = read_labels(labels_file) if labels_file else {}
    task = _task(task_name, labels)
    paths = sorted({path.resolve() for folder in data for path in find_recordings(folder)} | set(labels))
    windows = _load(paths, task, labels)
    chosen, trained = _train(windows, task, list(algorithms) or list(ALGORITHMS), out, seed)
    shutil.copyfile(chosen.path, out / f"{task.name}.onnx")
    words = [f"--data {folder.name}" for folder in data] + [f"--algorithm '{name}'" for name in algorithms]
    words += [f"--labels {labels_file.name}"] if labels_file else []
    command = f"myoscope train {' '.join(words)} --task {task_name} --seed {seed}"
    card = write_card(windows, task, trained, chosen, seed, command)
    (out / f"{task.name}.md").write_text(card, encoding="utf-8")
    console.print(_table(trained, chosen))
    console.print(f"model {out / (task.name + '.onnx')}, card {out / (task.name + '.md')}", highlight=False)


def read_labels(path: Path) -> dict[Path, Labels]:
    """Labels by recording from a CSV file with the columns path, class and person (paths from the file's folder)."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(
            found=f"{path}, which does not read ({error})", wanted="a CSV file", do="Check --labels."
        ) from error
    missing = {"path", "class", "person"} - set(rows[0] if rows else ())
    if missing:
        raise Refusal(
            found=f"{path} without the column(s) {', '.join(sorted(missing))}",
            wanted="path, class and person in the first line",
            do="Add them.",
        )
    return {
        (path.parent / row["path"]).resolve(): Labels(
            dataset=path.stem, person=row["person"] or None, class_name=row["class"]
        )
        for row in rows
    }


def _task(name: str, labels: dict[Path, Labels]) -> Task:
    if name not in TASKS:
        raise Refusal(found=f"task {name!r}", wanted=f"one of {', '.join(TASKS)}", do="Correct --task.")
    task = TASKS[name]
    classes: tuple[str, ...] = tuple(sorted({each.class_name or "" for each in labels.values()}))
    if not classes or set(classes) <= set(task.classes):
        return task
    if len(classes) < 2:
        raise Refusal(
            found=f"one class, {', '.join(classes)}", wanted="at least two", do="Label more recordings."
        )
    return own_task(classes, task, "own")


def _load(paths: list[Path], task: Task, labels: dict[Path, Labels]) -> Windows:
    columns = (
        TextColumn("measuring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("recordings"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("", total=len(paths))
        return load_windows(paths, task, labels=labels, progress=lambda n: bar.update(row, completed=n))


def _train(
    windows: Windows, task: Task, algorithms: list[str], out: Path, seed: int
) -> tuple[Trained, list[Trained]]:
    parameters = msgspec.to_builtins(PARAMETERS[task.unit])
    with console.status("training") as status:
        trained = train_all(windows, task, algorithms, out, seed, parameters, status.update)
    return best_of(trained), trained


def _table(trained: Sequence[Trained], chosen: Trained) -> Table:
    table = Table(
        "algorithm", "level", "n", "macro F1", "balanced accuracy", "AUC", "ONNX - native", title="held out"
    )
    for each in trained:
        name = f"[bold]{each.algorithm}[/bold]" if each is chosen else each.algorithm
        for level, s in each.levels.items():
            cells = (
                f"{s.macro_f1:.3f}",
                f"{s.balanced_accuracy:.3f}",
                f"{s.auc:.3f}",
                f"{each.onnx_difference:.0e}",
            )
            table.add_row(name, level, str(s.n), *cells)
    return table
