"""The quantile of the newest values is that of sorting them."""

from hypothesis import given
from hypothesis import strategies as st

from processing.recent import RecentQuantile


@given(
    values=st.lists(st.integers(0, 9).map(float), min_size=1, max_size=30),
    most=st.integers(1, 8),
    quantile=st.floats(0.0, 1.0),
)
def test_it_is_that_of_the_newest_sorted(values: list[float], most: int, quantile: float) -> None:
    recent = RecentQuantile(quantile, most)
    recent.add(100.0)
    recent.clear()
    for n, value in enumerate(values, start=1):
        newest = sorted(values[max(0, n - most) : n])
        assert recent.add(value) == newest[int(quantile * (len(newest) - 1))]
