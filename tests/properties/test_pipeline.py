"""The pipeline: chunking changes nothing; a gap begins anew; what is skipped is named."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contracts.records import Channel, Gap, StreamDescription
from contracts.settings import load_settings
from contracts.wire import GapNotice, Result, WindowsSkipped
from inference.runtime.model import OnnxModel, load_model
from inference.runtime.pipeline import Pipeline, as_chunk

NEEDLE_HZ = 23437.5
SURFACE_HZ = 2000.0
NEEDLE_SECONDS = 0.8
MODEL = load_model(load_settings().model)


def noise(seconds: float, rate_hz: float, channels: int = 1, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    signal = rng.normal(0, 60, (round(seconds * rate_hz), channels))
    signal[:: round(rate_hz / 9)] += 900
    return signal.astype(np.float32)


def pipeline(rate_hz: float, channels: int = 1, model: OnnxModel | None = None, *overrides: str) -> Pipeline:
    names = tuple(Channel(f"EMG{i + 1}", "uV") for i in range(channels))
    return Pipeline(
        load_settings(overrides=overrides), StreamDescription("s", rate_hz, names), model, lambda: 0.0
    )


def fed(subject: Pipeline, signal: NDArray[np.float32], cuts: list[int], rate_hz: float) -> list[object]:
    """All messages for a signal that is cut at the given places; stamps belong to the samples, so they stay."""
    edges = [0, *sorted(set(cuts)), len(signal)]
    out: list[object] = []
    for first, stop in pairwise(edges):
        if stop > first:
            chunk = as_chunk(signal[first:stop], first, rate_hz)
            out.extend(subject.feed(replace(chunk, received_at=0.0)))
    return out


@pytest.fixture(scope="module")
def needle() -> tuple[NDArray[np.float32], list[object]]:
    signal = noise(NEEDLE_SECONDS, NEEDLE_HZ)
    return signal, fed(pipeline(NEEDLE_HZ, 1, MODEL), signal, [], NEEDLE_HZ)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, round(NEEDLE_SECONDS * NEEDLE_HZ) - 1), max_size=40))
def test_any_way_of_cutting_a_needle_recording_gives_the_same_messages(
    needle: tuple[NDArray[np.float32], list[object]], cuts: list[int]
) -> None:
    """With the model: resampler, filters, rings, gate, features, probabilities and evidence, bit for bit."""
    signal, whole = needle
    assert len(whole) > 5
    assert fed(pipeline(NEEDLE_HZ, 1, MODEL), signal, cuts, NEEDLE_HZ) == whole


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, 3999), max_size=60), notch=st.sampled_from(["off", "auto", "50 Hz"]))
def test_any_way_of_cutting_a_surface_recording_gives_the_same_messages(cuts: list[int], notch: str) -> None:
    options = ("model.path=none", "filters.lowpass_hz=450", f'filters.notch="{notch}"')
    signal = noise(2.0, SURFACE_HZ, 4) + 200 * np.sin(2 * np.pi * 50 * np.arange(4000) / SURFACE_HZ)[:, None]
    signal = signal.astype(np.float32)
    whole = fed(pipeline(SURFACE_HZ, 4, None, *options), signal, [], SURFACE_HZ)
    assert fed(pipeline(SURFACE_HZ, 4, None, *options), signal, cuts, SURFACE_HZ) == whole


def test_sample_by_sample_is_the_same_too() -> None:
    signal = noise(0.6, SURFACE_HZ)
    options = ("model.path=none", "filters.lowpass_hz=450")
    whole = fed(pipeline(SURFACE_HZ, 1, None, *options), signal, [], SURFACE_HZ)
    assert fed(pipeline(SURFACE_HZ, 1, None, *options), signal, list(range(1, 1200)), SURFACE_HZ) == whole


def surface(*overrides: str) -> Pipeline:
    return pipeline(SURFACE_HZ, 1, None, "model.path=none", "filters.lowpass_hz=450", *overrides)


def test_the_first_window_ends_a_window_after_the_filter_has_settled_and_then_every_hop() -> None:
    subject = surface()
    stops = [
        m.stop_index for m in fed(subject, noise(2.0, SURFACE_HZ), [], SURFACE_HZ) if isinstance(m, Result)
    ]
    assert stops[0] == subject.filters.settle_samples + 500
    assert set(np.diff(stops)) == {100}


def test_no_window_spans_a_gap_and_what_follows_is_what_a_new_run_would_say() -> None:
    subject, signal = surface(), noise(2.0, SURFACE_HZ)
    subject.feed(as_chunk(signal[:1500], 0, SURFACE_HZ))
    gap = Gap(5000, 3500, "inlet", exact=False, uncertainty=2)
    after = subject.feed(replace(as_chunk(signal[1500:], 5000, SURFACE_HZ), gap_before=gap))
    assert after[0] == GapNotice(gap)
    windows = [m for m in after if isinstance(m, Result)]
    assert windows
    assert min(m.first_index for m in windows) >= 5000
    anew = [m for m in fed(surface(), signal[1500:], [], SURFACE_HZ) if isinstance(m, Result)]
    assert [m.readings for m in windows] == [m.readings for m in anew]


def test_a_hole_that_nobody_announced_is_our_own_overload() -> None:
    subject, signal = surface(), noise(1.0, SURFACE_HZ)
    subject.feed(as_chunk(signal[:1000], 0, SURFACE_HZ))
    first = subject.feed(as_chunk(signal[1000:], 1300, SURFACE_HZ))[0]
    assert first == GapNotice(Gap(1300, 300, "overload"))


def test_a_loss_of_ours_before_an_announced_gap_is_told_too() -> None:
    subject, signal = surface(), noise(1.0, SURFACE_HZ)
    subject.feed(as_chunk(signal[:1000], 0, SURFACE_HZ))
    gap = Gap(1500, 200, "inlet")
    out = subject.feed(replace(as_chunk(signal[1000:], 1500, SURFACE_HZ), gap_before=gap))
    assert [m.gap for m in out if isinstance(m, GapNotice)] == [Gap(1300, 300, "overload"), gap]


def test_evidence_outlives_a_short_gap_and_not_a_long_outage_or_a_seam() -> None:
    signal = noise(5.0, NEEDLE_HZ)
    for gap, kept in (
        (Gap(120_000, 100, "inlet"), True),
        (Gap(120_000, 0, "outage", exact=False, outage_s=60.0), False),
        (Gap(120_000, 0, "seam"), False),
    ):
        subject = pipeline(NEEDLE_HZ, 1, MODEL)
        subject.feed(as_chunk(signal, 120_000 - gap.missing - len(signal), NEEDLE_HZ))
        out = subject.feed(replace(as_chunk(signal[:30_000], 120_000, NEEDLE_HZ), gap_before=gap))
        first = next(m for m in out if isinstance(m, Result))
        assert (first.readings[0].decision.reason != "settling") is kept


def test_a_seam_resets_without_missing_samples() -> None:
    subject, signal = surface(), noise(1.0, SURFACE_HZ)
    subject.feed(as_chunk(signal[:1000], 0, SURFACE_HZ))
    seam = Gap(1000, 0, "seam")
    out = subject.feed(replace(as_chunk(signal[1000:], 1000, SURFACE_HZ), gap_before=seam))
    assert out[0] == GapNotice(seam)
    assert all(m.first_index >= 1000 for m in out if isinstance(m, Result))


def test_far_behind_only_the_newest_window_is_computed_and_the_others_are_named() -> None:
    signal = noise(2.0, SURFACE_HZ)
    everything = [m for m in fed(surface(), signal, [], SURFACE_HZ) if isinstance(m, Result)]
    out = surface().feed(as_chunk(signal, 0, SURFACE_HZ), waiting_to=len(signal))
    assert [m.readings for m in out if isinstance(m, Result)] == [everything[-1].readings]
    skipped = [m for m in out if isinstance(m, WindowsSkipped)]
    assert [m.stop_indices for m in skipped] == [tuple(m.stop_index for m in everything[:-1])]


def test_an_offline_run_can_leave_out_the_same_windows() -> None:
    signal = noise(1.5, SURFACE_HZ)
    live = surface()
    out = live.feed(as_chunk(signal[:1900], 0, SURFACE_HZ), waiting_to=2000)
    out += live.feed(as_chunk(signal[1900:2000], 1900, SURFACE_HZ))
    out += live.feed(as_chunk(signal[2000:], 2000, SURFACE_HZ))
    offline = surface()
    offline.skip(frozenset(i for m in out if isinstance(m, WindowsSkipped) for i in m.stop_indices))
    followed = fed(offline, signal, [777], SURFACE_HZ)
    plain = [(m.stop_index, m.readings) for m in followed if isinstance(m, Result)]
    assert plain == [(m.stop_index, m.readings) for m in out if isinstance(m, Result)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_no_number_marks_its_windows_and_no_later_one(bad: float) -> None:
    signal = noise(2.0, SURFACE_HZ)
    signal[1200] = bad
    results = [m for m in fed(surface(), signal, [], SURFACE_HZ) if isinstance(m, Result)]
    marked = [m for m in results if "not a number" in m.readings[0].flags]
    assert [m.stop_index for m in marked] == [
        m.stop_index for m in results if m.first_index <= 1200 < m.stop_index
    ]
    assert all(not m.readings[0].accepted for m in marked)
    assert all(np.isfinite(m.readings[0].features).all() for m in results)


def test_the_mains_are_found_within_a_second_and_the_notch_is_published() -> None:
    subject = surface('filters.notch="auto"')
    mains = 300 * np.sin(2 * np.pi * 50 * np.arange(6000) / SURFACE_HZ)
    signal = (noise(3.0, SURFACE_HZ) + mains[:, None]).astype(np.float32)
    subject.warm_up()
    assert subject.filters.notch_hz == 0
    fed(subject, signal, [1999], SURFACE_HZ)
    assert subject.filters.notch_hz == 50


def test_warming_up_leaves_no_trace() -> None:
    signal = noise(1.0, SURFACE_HZ)
    warm = surface()
    warm.warm_up()
    assert fed(warm, signal, [], SURFACE_HZ) == fed(surface(), signal, [], SURFACE_HZ)


def test_a_rehearsal_leaves_no_trace() -> None:
    signal = noise(0.8, NEEDLE_HZ)
    plain, rehearsed = pipeline(NEEDLE_HZ, 1, MODEL), pipeline(NEEDLE_HZ, 1, MODEL)
    for first in range(0, len(signal), 235):
        chunk = as_chunk(signal[first : first + 235], first, NEEDLE_HZ)
        rehearsed.rehearse()
        assert rehearsed.feed(chunk) == plain.feed(chunk)
        assert rehearsed.samples_to_window() > 0
