"""The resampler against zero-stuffing and convolution, and any chunking against none."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from processing.resample import Resampler
from tests import naive
from tests.strategies import chunkings, signals

RATES_HZ = [(23_437.5, 20_000.0), (2000.0, 1000.0), (2048.0, 2000.0), (1000.0, 1000.0), (3000.0, 2000.0)]


@settings(deadline=None, max_examples=20)
@given(x=signals(150, 1), rates=st.sampled_from([(2000.0, 1000.0), (3000.0, 2000.0), (2500.0, 2000.0)]))
def test_it_is_zero_stuffing_and_convolution(x: NDArray[np.float32], rates: tuple[float, float]) -> None:
    resampler = Resampler(*rates, 1)
    expected = naive.resampled(x[:, 0].astype(np.float64), resampler.phases, resampler.down)
    out = resampler.push(x)[:, 0]
    assert out.shape == expected.shape
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-5 * float(np.abs(x).max() + 1e-6))


@settings(deadline=None)
@given(data=st.data(), x=signals(200, 2), rates=st.sampled_from(RATES_HZ))
def test_any_chunking_gives_the_same_bits(
    data: st.DataObject, x: NDArray[np.float32], rates: tuple[float, float]
) -> None:
    x = x.copy()
    for at in data.draw(st.lists(st.integers(0, 199), max_size=5)):
        x[at, at % 2] = np.nan
    whole = Resampler(*rates, 2)
    pieces = Resampler(*rates, 2)
    expected = whole.push(x)
    outputs, taken = [np.zeros((0, 2), dtype=np.float32)], 0
    for piece in data.draw(chunkings(200)):
        outputs.append(pieces.push(x[piece]))
        taken += piece.stop - piece.start
        n_out = sum(len(out) for out in outputs)
        assert pieces.needed(n_out) <= taken < pieces.needed(n_out + 1)
    cut = np.concatenate(outputs)
    assert np.array_equal(cut, expected, equal_nan=True)
    pieces.reset()
    assert np.array_equal(pieces.push(x), expected, equal_nan=True)
