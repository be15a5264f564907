"""Epochs of stable effort, and their normal area."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import Epoch, PhaseKind
from contracts.refusal import Refusal
from processing.epochs.cloud import Cloud, build_cloud, cloud_of, summarise
from processing.epochs.meter import EpochMeter
from processing.interference import measure_epoch
from tests.naive_epochs import inside_ellipse

RATE_HZ = 2_000.0
N = 2_000


def pattern(seconds: float, size_uv: float = 300.0, seed: int = 1) -> NDArray[np.float32]:
    return (size_uv * np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))).astype(
        np.float32
    )


def told(x: NDArray[np.float32], phases: list[tuple[PhaseKind, int, int]], chunk: int = 10**9) -> list[Epoch]:
    meter = EpochMeter(RATE_HZ)
    for at in range(0, x.size, chunk):
        meter.feed(x[at : at + chunk], at)
    return [epoch for phase in phases for epoch in meter.phase(*phase)]


def test_epochs_are_those_of_the_definition_and_follow_each_other() -> None:
    x = pattern(4.5)
    epochs = told(x, [("rest", 0, 500), ("moderate", 500, 3_000), ("moderate", 3_000, 8_000)])
    assert [epoch.first_index for epoch in epochs] == [500, 2_500, 4_500]
    for epoch in epochs:
        plain = msgspec.structs.asdict(measure_epoch(x[epoch.first_index : epoch.stop_index], RATE_HZ))
        assert {name: getattr(epoch, name) for name in plain} == plain
        assert epoch.stop_index - epoch.first_index == N
        assert epoch.phase == "moderate"
        assert epoch.in_cloud is None


def test_no_epoch_spans_two_phases_a_gap_or_a_change_of_effort() -> None:
    assert told(pattern(2.0), [("minimal", 0, 1_900), ("moderate", 1_900, 3_800)]) == []
    assert told(pattern(2.0), [("rest", 0, 4_000)]) == []
    assert told(pattern(2.0), [("minimal", 0, 1_500), ("minimal", 2_000, 3_500)]) == []
    x = pattern(3.0)
    x[3_000:] *= 3
    epochs = told(x, [("minimal", 0, 6_000)])
    assert [epoch.first_index for epoch in epochs] == [0, 3_000]
    meter = EpochMeter(RATE_HZ)
    meter.feed(x[:1_500], 0)
    assert meter.phase("minimal", 0, 1_500) == []
    meter.gap(1_600)
    meter.feed(x[:1_500], 1_600)
    assert meter.phase("minimal", 1_600, 3_100) == []
    with pytest.raises(Refusal):
        meter.feed(x, 9)


def test_changing_effort_is_left_out() -> None:
    x = pattern(3.0)
    x *= np.linspace(0.1, 3.0, x.size, dtype=np.float32)
    first = told(x, [("moderate", 0, 6_000)])
    assert all(epoch.first_index > 0 for epoch in first)


def test_not_finite_is_not_measured_and_what_waited_too_long_neither() -> None:
    x = pattern(2.0)
    x[1_000] = np.nan
    assert all(epoch.first_index > 1_000 for epoch in told(x, [("minimal", 0, 4_000)]))
    late = told(pattern(20.0), [("minimal", 0, 40_000)])
    assert late[0].first_index == 40_000 - 12_000


def healthy(n: int = 400) -> list[Epoch]:
    rng = np.random.default_rng(5)
    turns = rng.normal(400.0, 100.0, n)
    amplitude = 10 ** (2.6 + 0.0008 * (turns - 400.0) + 0.08 * rng.standard_normal(n))
    return [epoch_of(t, a) for t, a in zip(turns.tolist(), amplitude.tolist(), strict=True)]


def epoch_of(turns: float, amplitude: float) -> Epoch:
    return Epoch(0, 1, 0, 1, "moderate", turns, amplitude, turns / amplitude, 0.0, 0.0, 0.0, 0.0)


def cloud() -> Cloud:
    return build_cloud(healthy(), "biceps brachii", "made up", "none", True)


def test_the_area_holds_what_was_asked_and_agrees_with_its_definition() -> None:
    area, epochs = cloud(), healthy()
    held = [area.holds(e.turns_per_s, e.mean_amplitude_uv) for e in epochs]
    assert sum(held) == 380
    pairs = np.array([(e.turns_per_s, np.log10(e.mean_amplitude_uv)) for e in epochs])
    for pair, is_held in zip(pairs, held, strict=True):
        assert inside_ellipse(pairs, pair, 0.95) == is_held
    edge = area.outline(16)
    assert all(abs(area.distance(t, a) - area.radius) < 1e-9 for t, a in edge.tolist())


def test_sides_and_verdict() -> None:
    area = cloud()
    assert area.side(400.0, 400.0) == "inside"
    assert area.side(400.0, 1_200.0) == "above"
    assert area.side(700.0, 200.0) == "below"
    assert area.side(5.0, 0.0) == "below"
    mixed = [*healthy(30), *([epoch_of(300.0, 1_500.0)] * 8)]
    summary = summarise(mixed, area)
    assert summary.epochs == 38
    assert summary.above is not None
    assert summary.above >= 8
    assert summary.abnormal
    assert summary.peak_ratio == max(e.turns_amplitude_ratio for e in mixed)
    assert summarise(healthy(5), area).abnormal is None
    assert summarise(mixed, None).outside is None
    with pytest.raises(Refusal):
        build_cloud(healthy(3), "biceps brachii", "made up", "none", True)


def test_what_is_shipped_says_that_nobody_was_measured() -> None:
    shipped = cloud_of("biceps brachii")
    assert shipped is not None
    assert shipped.unverified
    assert "virtual people" in shipped.source
    assert shipped.holds(400.0, 400.0)
    assert shipped.side(200.0, 2_000.0) == "above"
    assert shipped.side(600.0, 150.0) == "below"
    assert cloud_of("no such muscle") is None
