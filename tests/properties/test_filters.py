"""The filter bank against its difference equation, and any chunking against none."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from tests import naive
from tests.strategies import blocks, chunkings, signals

BANKS = [
    FilterSettings(),
    FilterSettings(highpass_hz=0.0, lowpass_hz=300.0, order=3),
    FilterSettings(highpass_hz=10.0, lowpass_hz=0.0, order=1, notch="50 Hz", notch_harmonics=2),
]
RATE_HZ = 2000.0


@settings(deadline=None, max_examples=30)
@given(x=signals(300, 2), bank=st.sampled_from(BANKS))
def test_it_is_the_difference_equation(x: NDArray[np.float32], bank: FilterSettings) -> None:
    filters = FilterBank(bank, RATE_HZ, 2)
    out = filters.apply(x)
    for c in range(2):
        expected = naive.cascade(x[:, c].astype(np.float64), filters.sections)
        np.testing.assert_allclose(out[:, c], expected, rtol=1e-5, atol=1e-5 * float(np.abs(x).max() + 1.0))


@settings(deadline=None)
@given(data=st.data(), x=signals(200, 2), bank=st.sampled_from(BANKS))
def test_any_chunking_gives_the_same_bits(
    data: st.DataObject, x: NDArray[np.float32], bank: FilterSettings
) -> None:
    x = x.copy()
    for at in data.draw(st.lists(st.integers(0, 199), max_size=5)):
        x[at, at % 2] = np.nan
    whole = FilterBank(bank, RATE_HZ, 2).apply(x)
    pieces = FilterBank(bank, RATE_HZ, 2)
    cut = np.concatenate([pieces.apply(x[piece]) for piece in data.draw(chunkings(200))])
    assert cut.tobytes() == whole.tobytes()


@given(x=blocks(20, 1), bank=st.sampled_from(BANKS))
def test_a_reset_bank_is_a_new_bank(x: NDArray[np.float32], bank: FilterSettings) -> None:
    filters = FilterBank(bank, RATE_HZ, 1)
    first = filters.apply(x)
    filters.reset()
    assert filters.apply(x).tobytes() == first.tobytes()


@given(offset=st.floats(-1e6, 1e6, width=32), bank=st.sampled_from(BANKS))
def test_an_offset_makes_no_step(offset: float, bank: FilterSettings) -> None:
    out = FilterBank(bank, RATE_HZ, 1).apply(np.full((50, 1), offset, dtype=np.float32))
    expected = 0.0 if bank.highpass_hz else offset
    np.testing.assert_allclose(out, expected, atol=1e-6 * abs(offset) + 1e-12)
