"""Positions and run indices of a source with holes."""

import numpy as np

from contracts.records import Gap
from simulators.timeline import Timeline

GAPS = (
    Gap(at_index=13, missing=3, cause="recording"),
    Gap(at_index=15, missing=0, cause="recording"),
    Gap(at_index=30, missing=5, cause="recording"),
)
STORED = np.array([*range(10), *range(13, 25), *range(30, 40)])
"""Run indices of the stored samples, written down from the definition."""


def test_every_stored_sample_has_its_run_index_and_the_way_back():
    timeline = Timeline(GAPS)
    for position, run_index in enumerate(STORED):
        assert timeline.run_index(position) == run_index
        assert timeline.position(int(run_index)) == position


def test_inside_a_hole_the_first_sample_after_it_is_meant():
    timeline = Timeline(GAPS)
    for run_index in range(40):
        assert timeline.position(run_index) == np.searchsorted(STORED, run_index)


def test_the_next_hole_is_where_the_run_index_jumps():
    timeline = Timeline(GAPS)
    jumps = [p for p in range(1, len(STORED)) if STORED[p] != STORED[p - 1] + 1]
    for position in range(len(STORED)):
        assert timeline.next_hole(position) == next((j for j in jumps if j > position), None)


def test_without_holes_the_two_are_one():
    timeline = Timeline(())
    assert (timeline.run_index(7), timeline.position(7), timeline.next_hole(0)) == (7, 7, None)
