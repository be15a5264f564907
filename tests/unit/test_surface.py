"""Surface EMG: activity, envelope, fatigue and co-contraction of signals whose course is known."""

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.measured import SurfaceMeasures
from contracts.refusal import Refusal
from processing.surface.fatigue import MedianFrequency, Slope
from processing.surface.meter import SurfaceMeter
from processing.surface.settings import SurfaceSettings
from tests.naive_surface import naive_activity, naive_cocontraction, naive_median_frequency, naive_steps

RATE_HZ = 1_000.0
SETTINGS = SurfaceSettings()


def surface_signal(
    bursts: list[list[tuple[float, float, float]]], seconds: float, seed: int = 1
) -> NDArray[np.float32]:
    """Noise of 3 uV about an offset, and louder noise in (begin s, end s, uV) of each channel."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE_HZ)
    size = np.full((n, len(bursts)), 3.0)
    for channel, those in enumerate(bursts):
        for begin, end, uv in those:
            size[round(begin * RATE_HZ) : round(end * RATE_HZ), channel] = uv
    return (100.0 + size * rng.standard_normal(size.shape)).astype(np.float32)


def reports_of(signal: NDArray[np.float32], settings: SurfaceSettings = SETTINGS) -> list[SurfaceMeasures]:
    return SurfaceMeter(RATE_HZ, signal.shape[1], settings).feed(signal, 0)


def changes_of(reports: list[SurfaceMeasures], channel: int) -> list[tuple[int, bool]]:
    found = [(i, True) for r in reports for i in r.onsets[channel]]
    found += [(i, False) for r in reports for i in r.offsets[channel]]
    return sorted(found)


def test_activity_begins_and_ends_where_it_does() -> None:
    reports = reports_of(surface_signal([[(3.0, 5.5, 60.0)], []], 8.2))
    (onset, began), (offset, ended) = changes_of(reports, 0)
    assert (began, ended) == (True, False)
    assert abs(onset - 3_000) <= 10
    assert abs(offset - 5_500) <= 40
    assert changes_of(reports, 1) == []
    assert [r.active[0] for r in reports] == [False, False, False, True, True, False, False, False]
    assert all(not r.active[1] for r in reports)


def test_a_knock_is_no_activity() -> None:
    assert changes_of(reports_of(surface_signal([[(3.0, 3.03, 100.0)]], 6.2)), 0) == []


def test_rest_that_comes_later_is_found() -> None:
    signal = surface_signal([[(0.0, 4.0, 60.0), (6.5, 8.0, 60.0)]], 9.2)
    (onset, began), (_, ended) = changes_of(reports_of(signal), 0)
    assert (began, ended) == (True, False)
    assert abs(onset - 6_500) <= 10


def test_the_changes_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(5)
    edges = np.sort(rng.uniform(1.5, 19.0, 20)).reshape(-1, 2)
    signal = surface_signal([[(a, b, rng.uniform(5.0, 30.0)) for a, b in edges.tolist()]], 20.2)
    _, levels, step, settled = naive_steps(signal, RATE_HZ, SETTINGS)
    expected = naive_activity(levels[:, 0], settled, step / RATE_HZ, SETTINGS)
    assert len(expected) > 10
    assert changes_of(reports_of(signal), 0) == [
        (k * step, active) for k, active in expected if k * step < 20_000
    ]


def test_the_envelope_is_the_root_mean_square_of_the_second() -> None:
    signal = surface_signal([[(2.0, 4.0, 50.0)]], 5.2)
    filtered, *_ = naive_steps(signal, RATE_HZ, SETTINGS)
    reports = reports_of(signal)
    assert [r.first_index for r in reports] == [0, 1_000, 2_000, 3_000, 4_000]
    for r in reports:
        second = filtered[r.first_index : r.stop_index, 0]
        assert r.envelope_uv[0] == pytest.approx(np.sqrt(np.mean(second**2)), rel=1e-6)


def test_the_median_frequency_is_given_in_activity_only() -> None:
    signal = surface_signal([[(2.0, 5.0, 50.0)]], 7.2)
    filtered, *_ = naive_steps(signal, RATE_HZ, SETTINGS)
    reports = reports_of(signal)
    assert [r.median_frequency_hz[0] is not None for r in reports] == [
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    halves = [naive_median_frequency(filtered[i : i + 500, 0], RATE_HZ) for i in (3_000, 3_500)]
    assert reports[3].median_frequency_hz[0] == pytest.approx(np.mean(halves))


def test_a_tone_has_its_own_frequency_as_median() -> None:
    t = np.arange(500) / RATE_HZ
    for hz in (40.0, 87.3, 200.0):
        tone = np.sin(2.0 * np.pi * hz * t).astype(np.float32)
        assert MedianFrequency(500, RATE_HZ).of(tone) == pytest.approx(hz, abs=1.5)
    assert MedianFrequency(500, RATE_HZ).of(np.zeros(500, np.float32)) is None


def test_fatigue_lowers_the_median_frequency_at_its_rate() -> None:
    t = np.arange(round(17.0 * RATE_HZ)) / RATE_HZ
    fatigued = 100.0 * np.sin(2.0 * np.pi * (150.0 * t - 0.5 * 3.0 * t * t))
    signal = surface_signal([[]], 19.2)
    signal[3_000:, 0] += fatigued[: len(signal) - 3_000].astype(np.float32)
    slopes = [r.fatigue_hz_per_s[0] for r in reports_of(signal)]
    assert slopes[:12] == [None] * 12
    assert all(slope == pytest.approx(-3.0, abs=0.1) for slope in slopes[13:])


def test_the_slope_is_that_of_least_squares_and_begins_anew() -> None:
    signal = surface_signal([[(2.0, 6.0, 50.0), (7.0, 11.0, 50.0)]], 13.2)
    settings = replace(SETTINGS, fatigue_segments=4)
    filtered, *_ = naive_steps(signal, RATE_HZ, settings)
    reports = reports_of(signal, settings)
    (first, _), _, (second, _), _ = changes_of(reports, 0)
    for begin, report in ((first, reports[5]), (second, reports[10])):
        starts = range(-(-begin // 500) * 500, report.stop_index, 500)
        medians = [naive_median_frequency(filtered[i : i + 500, 0], RATE_HZ) for i in starts]
        if report.offsets[0]:
            medians = medians[:-1]
        wanted = np.polyfit(np.arange(len(medians)) * 0.5, medians, 1)[0]
        assert report.fatigue_hz_per_s[0] == pytest.approx(wanted)


def test_few_values_have_no_slope() -> None:
    slope = Slope()
    slope.add(0.0, 5.0)
    slope.add(1.0, 7.0)
    assert slope.per_s(3) is None
    assert slope.per_s(2) == pytest.approx(2.0)


def test_muscles_that_work_together_have_a_high_index() -> None:
    together = [(3.0, 6.0, 60.0)]
    alone = [(7.0, 9.0, 60.0)]
    reports = reports_of(surface_signal([together, together, alone, []], 10.2))
    found = {(a, b): index for a, b, index in reports[4].cocontraction}
    assert found[0, 1] > 0.8
    assert found[0, 2] == 0.0
    assert (2, 3) not in found, "both are at rest"
    assert reports[1].cocontraction == ()
    assert {(a, b): v for a, b, v in reports[7].cocontraction}[0, 2] < 0.1


def test_the_index_is_that_of_the_definition() -> None:
    signal = surface_signal([[(2.0, 5.0, 60.0)], [(2.5, 6.0, 20.0)]], 7.2)
    _, levels, *_ = naive_steps(signal, RATE_HZ, SETTINGS)
    envelopes = np.array([levels[max(0, k - 9) : k + 1].mean(axis=0) for k in range(len(levels))])
    _, _, _, settled = naive_steps(signal, RATE_HZ, SETTINGS)
    rest = np.array(
        [min((levels[i : i + 50, c] for i in range(settled, 170, 50)), key=np.mean).mean() for c in (0, 1)]
    )
    above = np.maximum(envelopes - rest, 0.0)
    parts = above[300:400] / above[:400].max(axis=0)
    found = reports_of(signal)[3].cocontraction
    assert found == ((0, 1, pytest.approx(naive_cocontraction(parts[:, 0], parts[:, 1]), rel=0.02)),)


def test_pairs_are_those_asked_for() -> None:
    signal = surface_signal([[(2.0, 5.0, 60.0)]] * 10, 5.2)
    assert reports_of(signal)[3].cocontraction == ()
    asked = replace(SETTINGS, pairs=((0, 9),))
    assert [(a, b) for a, b, _ in reports_of(signal, asked)[3].cocontraction] == [(0, 9)]


def test_a_gap_ends_contraction_and_second_but_keeps_the_baseline() -> None:
    signal = surface_signal([[(2.0, 9.0, 60.0)]], 9.2)
    meter = SurfaceMeter(RATE_HZ, 1)
    before = meter.feed(signal[:4_500], 0)
    assert before[-1].active == (True,)
    assert meter.gap(50_000) == []
    after = meter.feed(signal[5_000:7_200], 50_000)
    assert [(r.first_index, r.stop_index) for r in after] == [(50_000, 51_000), (51_000, 52_000)]
    assert after[0].onsets[0]
    assert after[0].onsets[0][0] - 50_000 < 300
    assert after[1].active == (True,)


@pytest.mark.parametrize("kind", ["zeros", "holes", "constant"])
def test_what_is_no_signal_is_no_activity_and_no_baseline(kind: str) -> None:
    signal = surface_signal([[(4.0, 6.0, 60.0)]], 7.2)
    signal[1_000:2_500] = {"zeros": 0.0, "holes": np.nan, "constant": 100.0}[kind]
    reports = reports_of(signal)
    assert all(np.isfinite(r.envelope_uv).all() for r in reports)
    quiet = reports_of(np.zeros((5_200, 1), np.float32))
    assert all(r.active == (False,) and r.median_frequency_hz == (None,) for r in quiet)
    assert [i for i, active in changes_of(reports, 0) if active][-1] == pytest.approx(4_000, abs=20)


def test_samples_that_do_not_follow_are_refused() -> None:
    meter = SurfaceMeter(RATE_HZ, 2)
    meter.feed(np.zeros((10, 2), np.float32), 5)
    with pytest.raises(Refusal, match="calling gap"):
        meter.feed(np.zeros((10, 2), np.float32), 16)
    with pytest.raises(Refusal, match="2 channel"):
        meter.feed(np.zeros((10, 3), np.float32), 15)


def test_an_armband_s_rate_will_do() -> None:
    meter = SurfaceMeter(200.0, 8)
    meter.warm_up()
    reports = meter.feed(np.random.default_rng(0).integers(-30, 30, (640, 8)).astype(np.float32), 0)
    assert [(r.first_index, r.stop_index) for r in reports] == [(0, 200), (200, 400), (400, 600)]
