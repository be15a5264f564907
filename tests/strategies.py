"""Hypothesis strategies for signals, chunkings and windows."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray


def microvolts(largest: float = 1e5) -> st.SearchStrategy[float]:
    """A float32 sample value: nothing subnormal, zero and whole numbers often."""
    whole = st.integers(-int(largest), int(largest)).map(float)
    return st.one_of(whole, st.floats(-largest, largest, width=32, allow_subnormal=False))


def blocks(
    n_samples: st.SearchStrategy[int] | int,
    n_channels: st.SearchStrategy[int] | int = 1,
    largest: float = 1e5,
) -> st.SearchStrategy[NDArray[np.float32]]:
    """f32 `(n_samples, n_channels)`, values given one by one: small cases that shrink well."""
    rows = st.just(n_samples) if isinstance(n_samples, int) else n_samples
    columns = st.just(n_channels) if isinstance(n_channels, int) else n_channels
    return st.tuples(rows, columns).flatmap(
        lambda shape: hnp.arrays(np.float32, shape, elements=microvolts(largest), fill=st.nothing())
    )


@st.composite
def signals(draw: st.DrawFn, n_samples: int, n_channels: int = 1) -> NDArray[np.float32]:
    """f32 `(n_samples, n_channels)` like EMG: noise of any size, spikes, mains, offset, rounding, silence."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    level = draw(st.sampled_from([0.0, 0.5, 10.0, 200.0]))
    x = rng.standard_normal((n_samples, n_channels)) * level
    for _ in range(draw(st.integers(0, 6))):
        at, width = rng.integers(0, n_samples), rng.integers(1, 12)
        x[at : at + width] += rng.uniform(-3000.0, 3000.0)
    t = np.arange(n_samples)[:, None]
    x += draw(st.sampled_from([0.0, 30.0, 1000.0])) * np.sin(0.1 * t + rng.uniform(0.0, 6.0, n_channels))
    x += draw(st.sampled_from([0.0, -700.0, 20000.0]))
    step = draw(st.sampled_from([0.0, 1.0, 0.8]))
    return (np.round(x / step) * step if step else x).astype(np.float32)


def chunkings(n_samples: int) -> st.SearchStrategy[list[slice]]:
    """Every way of cutting `n_samples` into consecutive chunks, empty ones included."""
    return st.lists(st.integers(0, n_samples), max_size=12).map(
        lambda cuts: [
            slice(a, b) for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), n_samples], strict=True)
        ]
    )
