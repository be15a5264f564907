"""Recorders that are imitated: what is drawn from them."""

import numpy as np
import pytest

from contracts.refusal import Refusal
from processing.recorders import draw, recorder, recorder_names
from processing.recording_chain import RecordingChain


def test_the_two_recorders_of_the_public_sets_and_a_good_one() -> None:
    assert recorder_names() == ("n2001", "asc", "bedside")
    assert (recorder("n2001").rate_hz, recorder("asc").rate_hz) == (23_437.5, 32_768.0)


@pytest.mark.parametrize("name", recorder_names())
def test_every_draw_makes_a_recording(name: str) -> None:
    imitated = recorder(name)
    settings = draw(imitated, np.random.default_rng(1))
    recording = RecordingChain(settings, imitated.rate_hz, 1).apply(np.zeros(1000), 0.1, 0)
    levels = recording / settings.resolution_uv
    np.testing.assert_allclose(levels, np.round(levels), atol=2e-2)
    assert np.std(recording) > 1.0


def test_the_same_seed_draws_the_same_session_and_another_another() -> None:
    asc = recorder("asc")
    assert draw(asc, np.random.default_rng(1)) == draw(asc, np.random.default_rng(1))
    assert draw(asc, np.random.default_rng(1)) != draw(asc, np.random.default_rng(2))


def test_sessions_spread_about_the_median_and_not_beyond_what_was_seen() -> None:
    rng = np.random.default_rng(1)
    sessions = [draw(recorder("asc"), rng) for _ in range(300)]
    mains = np.array([session.mains.amplitude_uv for session in sessions])
    assert np.median(mains) == pytest.approx(196, rel=0.25)
    assert mains.min() >= 196 / 2.4**2 - 1e-9
    assert mains.max() <= 196 * 2.4**2 + 1e-9
    assert np.mean([session.offset_uv for session in sessions]) == pytest.approx(-58, abs=2)


def test_what_does_not_differ_is_as_in_the_file() -> None:
    n2001 = recorder("n2001")
    session = draw(n2001, np.random.default_rng(1))
    assert (session.highpass_hz, session.resolution_uv) == (
        n2001.chain.highpass_hz,
        n2001.chain.resolution_uv,
    )


def test_an_unknown_recorder_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Refusal, match="'keypoint'; wanted one of n2001, asc, bedside"):
        recorder("keypoint")
