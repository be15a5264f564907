"""Numbers and terms as a person reads them."""

import re
from collections.abc import Sequence

from contracts.wire import DecisionReason, Pattern, StreamStart

FLAGS = {
    "not a number": "values that are no numbers",
    "flat": "flat stretch",
    "clipped": "clipped at full scale",
    "electrode off": "electrode off",
    "low frequency": "movement or drift",
    "mains": "mains interference",
    "noise only": "noise only",
}

REASONS: dict[DecisionReason, str] = {
    "settling": "Settling: not enough accepted signal yet.",
    "clear": "The evidence is clear.",
    "uncertain": "No answer is likely enough.",
    "rejected windows": "Most windows are rejected.",
    "no model": "No model is loaded.",
    "holding": "Held for a moment; the evidence is changing.",
}

BAND = re.compile(r"band_power_(\d+)_(\d+)")

RATHER_NOT = "n/a"


def flag_words(flag: str) -> str:
    """A quality flag in words; one that this page does not know as it is spelt."""
    return FLAGS.get(flag, flag.replace("_", " "))


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)


def count(n: int) -> str:
    """An integer in groups of three, with thin spaces."""
    return f"{n:,}".replace(",", "\u2009")


def milliseconds(seconds: float) -> str:
    """A duration with a unit that suits its size."""
    if seconds >= 10.0:
        return f"{seconds:.0f} s"
    if seconds >= 1.0:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


def measure(value: float) -> str:
    """A measured value with four digits at most."""
    if value != value:
        return "–"
    size = abs(value)
    if size >= 1e6:
        return f"{value:.2e}"
    if size >= 1_000:
        return count(round(value))
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.01 or value == 0 else f"{value:.1e}"


def feature_word(name: str) -> str:
    """The name of a feature column as it is printed."""
    if edges := BAND.fullmatch(name):
        return f"power {edges[1]}–{edges[2]} Hz"
    return name.replace("ar_", "autoregressive ").replace("_", " ")


def unit_word(unit: str, name: str) -> str:
    """The unit of a feature column as it is printed: nothing for a pure number, `k` as the name has it."""
    if unit == "1":
        return ""
    exponent = name.rpartition("_")[2]
    written = unit.replace("^k", f"^{exponent}").replace(" kHz^0", "").replace("^1", "")
    return written.replace("uV", "µV").replace("^2", "²").replace("^3", "³")


def verdict(label: str | None, start: StreamStart) -> str:
    """The headline of a decision. `Neurogenic pattern`: a pattern is named, never a disease."""
    if label is None:
        return "Cannot tell"
    named = label[0].upper() + label[1:]
    return f"{named} pattern" if speaks_of_patterns(start) else named


def speaks_of_patterns(start: StreamStart) -> bool:
    """True when the model's answers are groups or renamed classes, and not simply its classes."""
    return any(pattern.name not in start.classes for pattern in start.patterns)


def not_decidable(patterns: Sequence[Pattern]) -> str:
    """The sentence about what may not be told apart; empty when everything may."""
    sentences = [
        f"{_against(pattern.classes)}: not decidable from one muscle."
        for pattern in patterns
        if not pattern.decidable and len(pattern.classes) > 1
    ]
    return " ".join(sentences)


def _against(classes: Sequence[str]) -> str:
    text = " against ".join(classes).replace("_", " ")
    return text[0].upper() + text[1:]


def pattern_role(index: int, start: StreamStart) -> str:
    """The colour role of a pattern: its own for the three patterns of needle EMG, else by its place."""
    name = start.patterns[index].name
    return name if name in ("healthy", "myopathic", "neurogenic") else f"class-{index % 8}"
