"""The model's card for people, in Markdown: who was in it, what it is worth, what it cannot say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.training.datasets import NUISANCES, Windows
from inference.training.scores import Scores, all_levels, held_out, score
from inference.training.tasks import INTENDED_USE, Task
from inference.training.train import Trained


def write_card(
    windows: Windows, task: Task, trained: Sequence[Trained], chosen: Trained, seed: int, command: str
) -> str:
    """The Markdown card: every figure in it is computed here from held-out predictions."""
    parts = [
        f"# Model `{task.name}` {task.version}: {task.title}",
        f"**{INTENDED_USE}**",
        f"Made by `{command}`; the figures below come from the same command.",
        _made_of(windows, task, chosen),
        _scores_table(trained, chosen),
        _confusion(chosen.levels, task.classes),
    ]
    if not task.blocks:
        parts += [
            _by_pattern(windows, task, chosen),
            _alone(windows, task, chosen, seed),
            _by_source(windows, task, chosen),
            _probes(windows, task, seed),
        ]
    return "\n\n".join(parts) + "\n"


def _made_of(windows: Windows, task: Task, chosen: Trained) -> str:
    lines = [
        "## What it was fitted on",
        "",
        "| set | recordings | people | SHA-256 of its files |",
        "|---|---|---|---|",
    ]
    for each in windows.sets:
        people = each.people or "not stated"
        lines.append(f"| {each.name} | {each.recordings} | {people} | `{each.sha256[:16]}` |")
    rejected = ", ".join(f"{flag} {n}" for flag, n in sorted(windows.rejected.items())) or "none"
    band = f"{task.filters.highpass_hz:g} Hz to {task.filters.lowpass_hz or task.rate_hz / 2:g} Hz"
    lines += [
        "",
        f"{len(windows.target)} windows of {task.window / task.rate_hz:g} s at {task.rate_hz:g} Hz, {band}, "
        f"{len(windows.layout)} features{f' on each of {task.channels} channels' if task.channels else ''}. "
        f"Left out by the quality gate, flags counted: {rejected}. {_unheard(windows)}",
        "",
        f"The file that ships is **{chosen.algorithm}**, {chosen.size_bytes / 1e6:.2f} MB; its probabilities in ONNX "
        f"differ from the native ones by at most {chosen.onnx_difference:.1e} on held-out windows.",
    ]
    return "\n".join(lines)


def _unheard(windows: Windows) -> str:
    recordings = sum(s.recordings for s in windows.sets) - len(np.unique(windows.recording))
    people = sum(s.people for s in windows.sets) - len(np.unique(windows.person))
    if recordings <= 0:
        return "Every recording has accepted windows."
    return f"{recordings} recordings and {max(people, 0)} people have no accepted window and are in no figure below."


def _scores_table(trained: Sequence[Trained], chosen: Trained) -> str:
    split = (
        "people"
        if "persons" in chosen.levels
        else "blocks of time (purged at the edges; the set names no persons)"
    )
    lines = [
        f"## Scores on {split} that the model did not see",
        "",
        "The shipped algorithm is the best of these on these very scores, which flatters it a little.",
        "",
        "| algorithm | level | n | macro F1 | balanced accuracy | AUC | ONNX difference |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in trained:
        for level, s in each.levels.items():
            name = f"**{each.algorithm}**" if each is chosen else each.algorithm
            lines.append(
                f"| {name} | {level} | {s.n} | {s.macro_f1:.3f} | {s.balanced_accuracy:.3f} | {s.auc:.3f} | "
                f"{each.onnx_difference:.1e} |"
            )
    return "\n".join(lines)


def _confusion(levels: dict[str, Scores], names: Sequence[str]) -> str:
    level = "persons" if "persons" in levels else "windows"
    return f"## Confusion, {level}\n\n" + _matrix(levels[level].confusion, names)


def _matrix(confusion: NDArray[np.int64], names: Sequence[str]) -> str:
    lines = [
        "| true \\ said | " + " | ".join(names) + " | recall | precision |",
        "|---" * (len(names) + 3) + "|",
    ]
    for c, name in enumerate(names):
        row, column = confusion[c], confusion[:, c]
        recall = f"{row[c] / row.sum():.2f}" if row.sum() else "n/a"
        precision = f"{column[c] / column.sum():.2f}" if column.sum() else "n/a"
        lines.append(f"| {name} | " + " | ".join(map(str, row.tolist())) + f" | {recall} | {precision} |")
    return "\n".join(lines)


def _by_pattern(windows: Windows, task: Task, chosen: Trained) -> str:
    membership = np.array([[c in p.classes for c in task.classes] for p in task.patterns], float)
    target = np.array([int(np.argmax(membership[:, c])) for c in windows.target])
    merged = chosen.probabilities @ membership.T
    relabelled = _with_target(windows, target)
    levels = all_levels(merged, relabelled, persons=True)
    lines = [
        "## The three patterns that are shown",
        "",
        "| level | n | macro F1 | balanced accuracy | AUC |",
        "|---|---|---|---|---|",
    ]
    for level, s in levels.items():
        lines.append(f"| {level} | {s.n} | {s.macro_f1:.3f} | {s.balanced_accuracy:.3f} | {s.auc:.3f} |")
    return "\n".join([*lines, "", _matrix(levels["persons"].confusion, [p.name for p in task.patterns])])


def _alone(windows: Windows, task: Task, chosen: Trained, seed: int) -> str:
    """Each source as a task of its own: fitted and scored on that source alone."""
    lines = [
        "## Each source as a task of its own",
        "",
        f"The same algorithm ({chosen.algorithm}), fitted and scored on one source's classes and people alone:",
        "",
        "| source | classes | level | n | macro F1 | balanced accuracy |",
        "|---|---|---|---|---|---|",
    ]
    for source in np.unique(windows.dataset):
        own = windows.only(windows.dataset == source)
        present, target = np.unique(own.target, return_inverse=True)
        own = _with_target(own, target)
        probabilities = held_out(own, chosen.algorithm, len(present), 0, seed)
        names = ", ".join(task.classes[c] for c in present)
        for level, s in all_levels(probabilities, own, persons=True).items():
            lines.append(
                f"| {source} | {names} | {level} | {s.n} | {s.macro_f1:.3f} | {s.balanced_accuracy:.3f} |"
            )
    return "\n".join(lines)


def _by_source(windows: Windows, task: Task, chosen: Trained) -> str:
    parts = [
        "## Within each source",
        "No public set holds all four classes: neuropathy and motor neuron disease come from different recorders, "
        "so a model can tell them apart by the recorder alone. Read these, not the pooled table, for what one "
        "recorder's classes are worth. Persons, held out; classes that a source does not hold are left out of "
        "its truth, not of what the model may say.",
    ]
    for source in np.unique(windows.dataset):
        for effort in (None, "low"):
            rows = windows.dataset == source
            if effort is not None:
                if effort not in windows.effort[rows]:
                    continue
                rows = rows & (windows.effort == effort)
            levels = all_levels(chosen.probabilities[rows], windows.only(rows), persons=True)
            s = levels["persons"]
            about = f"{source}{', low effort only' if effort else ''}"
            parts.append(
                f"### {about}\n\n{rows.sum()} windows, {s.n} persons, macro F1 {s.macro_f1:.3f}, "
                f"balanced accuracy {s.balanced_accuracy:.3f}.\n\n" + _matrix(s.confusion, task.classes)
            )
    return "\n\n".join(parts)


def _probes(windows: Windows, task: Task, seed: int) -> str:
    """What the recording alone gives away: nuisance numbers, and the source from healthy windows."""
    nuisance = held_out(windows, "random forest", len(task.classes), 0, seed, columns=windows.nuisance)
    lines = [
        "## What says nothing of muscle",
        "",
        f"A random forest on four nuisance numbers ({', '.join(NUISANCES)}), held-out persons:",
        "",
        "| set | macro F1, persons | balanced accuracy, persons |",
        "|---|---|---|",
    ]
    for source in (None, *np.unique(windows.dataset)):
        rows = np.ones(len(windows.target), bool) if source is None else windows.dataset == source
        s = all_levels(nuisance[rows], windows.only(rows), persons=True)["persons"]
        lines.append(f"| {source or 'pooled'} | {s.macro_f1:.3f} | {s.balanced_accuracy:.3f} |")
    sources = np.unique(windows.dataset)
    if len(sources) > 1:
        healthy = windows.only(windows.target == task.classes.index("healthy"))
        probe = _with_target(healthy, np.searchsorted(sources, healthy.dataset))
        told = score(held_out(probe, "random forest", len(sources), 0, seed), probe.target)
        lines += [
            "",
            "The source itself is recognised from the model's features of healthy windows with balanced accuracy "
            f"{told.balanced_accuracy:.3f}: what separates the sources is at the model's disposal, "
            "whether it uses it or not.",
        ]
    return "\n".join(lines)


def _with_target(windows: Windows, target: NDArray[np.int64]) -> Windows:
    return replace(windows, target=target)
