"""What the steps of a window cost in a tight loop, and after 10 ms of other work: `python -m tests.benchmarks.cold`.

Medians in microseconds, 1 channel at 23,437.5 Hz with the shipped model. In between the processor spins, so that
sleeping and waking are no part of the figures.
"""

import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from contracts.records import Channel, StreamDescription
from contracts.settings import load_settings
from inference.runtime.model import load_model
from inference.runtime.pipeline import Pipeline, as_chunk
from processing.features import FeatureExtractor
from processing.quality import QualityGate

RATE_HZ = 23_437.5


def main() -> None:
    model = load_model(load_settings().model)
    assert model is not None
    stream = StreamDescription("cold", RATE_HZ, (Channel("EMG", "uV"),))
    pipeline = Pipeline(load_settings(), stream, model, time.perf_counter)
    pipeline.warm_up()
    signal = np.random.default_rng(0).normal(0, 50, (round(RATE_HZ), 1)).astype(np.float32)
    pipeline.feed(as_chunk(signal, 0, RATE_HZ))
    card = model.card
    raw, filtered = signal[:5859], signal[: card.window]
    gate = QualityGate(load_settings().quality, RATE_HZ, len(raw), 1, "uV")
    extractor = FeatureExtractor((), card.rate_hz, card.window, 1)
    row = np.zeros((1, len(extractor.layout)), np.float32)
    steps: dict[str, Callable[[], object]] = {
        "quality gate": lambda: gate.judge(raw, filtered),
        "all features": lambda: extractor.compute(filtered, row),
        "model": lambda: model.predict(row),
        "whole rehearsal": pipeline.rehearse,
    }
    table = Table("step", "tight loop, us", "after 10 ms, us")
    for name, step in steps.items():
        table.add_row(name, f"{median_us(step, 0.0, 300):.0f}", f"{median_us(step, 0.01, 100):.0f}")
    Console().print(table)


def median_us(step: Callable[[], object], between_s: float, n: int) -> float:
    """Median microseconds of a step, with this long a spin before each."""
    took: list[float] = []
    for _ in range(n):
        begin = time.perf_counter() + between_s
        while time.perf_counter() < begin:
            pass
        at = time.perf_counter()
        step()
        took.append(time.perf_counter() - at)
    return float(np.median(took)) * 1e6


if __name__ == "__main__":
    main()
