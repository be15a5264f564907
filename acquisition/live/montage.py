"""Which signals are analysed: channels as recorded, or weighted sums of them."""

from itertools import pairwise
from typing import NamedTuple

from contracts.refusal import Refusal
from contracts.settings import StreamSettings


class Derived(NamedTuple):
    """One analysed channel: its weights by position among the EMG channels."""

    label: str
    unit: str
    weights: tuple[tuple[int, float], ...]


def derive(emg: list[tuple[str, str]], settings: StreamSettings) -> list[Derived]:
    """The analysed channels, in order, from the EMG channels' labels and units.

    As recorded: those of `select`, in its order (all without one). Bipolar: each of these minus the next.
    Laplacian: each inner one minus the mean of its two neighbours. Explicit derivations may use any EMG
    channel. Raises Refusal for labels that are not there, for too few channels, for derivations beside
    `select` or a montage, and for sums over different units.
    """
    positions = {label: position for position, (label, _) in enumerate(emg)}
    if settings.derivations:
        rows = _explicit(settings, positions)
    else:
        chosen = [_position(label, positions, "stream.select") for label in settings.select] or [
            *range(len(emg))
        ]
        if len(set(chosen)) != len(chosen):
            raise Refusal(
                found=f"a channel named twice in stream.select = {list(settings.select)}",
                wanted="each label once",
                do="Correct the settings.",
            )
        rows = _montage(settings.montage, chosen, [label for label, _ in emg])
    return [_checked(label, weights, emg) for label, weights in rows]


def _explicit(settings: StreamSettings, positions: dict[str, int]) -> list[tuple[str, dict[int, float]]]:
    if settings.select or settings.montage != "as recorded":
        raise Refusal(
            found="stream.derivations beside stream.select or stream.montage",
            wanted="one of them",
            do="Take out the others: explicit derivations say all.",
        )
    labels = [derivation.label for derivation in settings.derivations]
    if len(set(labels)) != len(labels):
        raise Refusal(
            found=f"derivations with one label twice: {', '.join(labels)}",
            wanted="a label of its own for each",
            do="Correct stream.derivations.",
        )
    return [
        (
            derivation.label,
            {
                _position(label, positions, f"the derivation {derivation.label!r}"): weight
                for label, weight in derivation.weights.items()
                if weight
            },
        )
        for derivation in settings.derivations
    ]


def _montage(montage: str, chosen: list[int], labels: list[str]) -> list[tuple[str, dict[int, float]]]:
    if montage == "as recorded":
        return [(labels[i], {i: 1.0}) for i in chosen]
    wanted = 2 if montage == "bipolar" else 3
    if len(chosen) < wanted:
        raise Refusal(
            found=f"{len(chosen)} EMG channel(s) for a {montage} montage",
            wanted=f"at least {wanted}",
            do="Choose more channels, or stream.montage = 'as recorded'.",
        )
    if montage == "bipolar":
        return [(f"{labels[a]}-{labels[b]}", {a: 1.0, b: -1.0}) for a, b in pairwise(chosen)]
    triples = zip(chosen, chosen[1:], chosen[2:], strict=False)
    return [(f"{labels[b]}-({labels[a]}+{labels[c]})/2", {a: -0.5, b: 1.0, c: -0.5}) for a, b, c in triples]


def _position(label: str, positions: dict[str, int], where: str) -> int:
    if label not in positions:
        raise Refusal(
            found=f"{where} naming {label!r}, which is no EMG channel of the stream",
            wanted=f"one of its EMG channels: {', '.join(positions)}",
            do=f'Correct the label, or set stream.channels."{label}".role = "emg" if it is one.',
        )
    return positions[label]


def _checked(label: str, weights: dict[int, float], emg: list[tuple[str, str]]) -> Derived:
    units = {emg[position][1] for position in weights}
    if len(units) != 1:
        mixed = ", ".join(f"{emg[position][0]} in {emg[position][1]}" for position in weights)
        raise Refusal(
            found=f"the derivation {label!r} over {mixed or 'no channel'}",
            wanted="channels of one unit",
            do="Give uv_per_unit for those in counts, or choose others.",
        )
    return Derived(label, units.pop(), tuple(weights.items()))
