"""The same script is the same patient, on every machine and in every version that does not say otherwise."""

import json

import numpy as np

from tests.golden.patient import PATH, made


def test_discharges_and_samples_are_those_written_down() -> None:
    """After a change of the model on purpose: `python -m tests.golden.patient`, and a line in the changelog."""
    held, now = json.loads(PATH.read_text(encoding="utf-8")), made()
    assert len(held["ticks"]) > 100
    assert now["ticks"] == held["ticks"]
    assert now["sources"] == held["sources"]
    np.testing.assert_allclose(now["samples_uv"], held["samples_uv"], atol=0.01)
