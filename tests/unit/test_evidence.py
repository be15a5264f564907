"""Evidence over time: what it converges to, when it abstains, how it holds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.settings import ModelSettings
from contracts.wire import Decision, Pattern
from inference.runtime.evidence import Evidence

CLASSES = ("healthy", "myopathy", "neuropathy", "motor neuron disease")
PATTERNS = (
    Pattern("healthy", ("healthy",)),
    Pattern("myopathic", ("myopathy",)),
    Pattern("neurogenic", ("neuropathy", "motor neuron disease"), decidable=False),
)
HOP_S = 0.05


def evidence(**changes: Any) -> Evidence:
    return Evidence(ModelSettings(**changes), CLASSES, PATTERNS, HOP_S)


def steps(subject: Evidence, probabilities: list[float] | None, n: int) -> Decision:
    row = None if probabilities is None else np.array(probabilities, np.float32)
    decision = Decision(None, 0.0, "no model")
    for _ in range(n):
        _, decision = subject.step(row)
    return decision


def test_the_same_window_again_and_again_gives_its_own_probabilities_and_no_more() -> None:
    """Overlapping windows are not independent: a product would go to certainty, the mean must not."""
    subject = evidence()
    steps(subject, [0.1, 0.2, 0.3, 0.4], 2000)
    assert subject.posterior == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=1e-6)


def test_the_posterior_is_the_weighted_geometric_mean_of_the_definition() -> None:
    rng = np.random.default_rng(1)
    rows = rng.dirichlet(np.ones(4), 50).astype(np.float32)
    subject = evidence(evidence_tau_s=1.0)
    for row in rows:
        subject.step(row)
    decay = np.exp(-HOP_S / 1.0)
    weights = decay ** np.arange(49, -1, -1)
    clipped = np.maximum(rows.astype(float), 1e-4)
    logs = np.log(clipped / clipped.sum(axis=1, keepdims=True))
    naive = np.exp((weights[:, None] * logs).sum(axis=0) / weights.sum())
    assert subject.posterior == pytest.approx(naive / naive.sum(), rel=1e-9)


def test_nothing_is_said_before_the_minimum_of_accepted_signal() -> None:
    subject = evidence(minimum_s=1.0)
    assert steps(subject, [0.97, 0.01, 0.01, 0.01], 19).reason == "settling"
    decision = steps(subject, [0.97, 0.01, 0.01, 0.01], 1)
    assert (decision.label, decision.reason) == ("healthy", "clear")
    assert decision.confidence == pytest.approx(0.97, abs=1e-3)


def test_neurogenic_is_decided_by_the_sum_and_says_what_it_cannot_tell() -> None:
    decision = steps(evidence(), [0.2, 0.1, 0.35, 0.35], 200)
    assert decision.label == "neurogenic"
    assert decision.undecidable == ("neuropathy", "motor neuron disease")


def test_no_majority_is_cannot_tell() -> None:
    decision = steps(evidence(), [0.4, 0.3, 0.15, 0.15], 200)
    assert (decision.label, decision.reason) == (None, "uncertain")


def test_rejected_windows_move_no_probability_and_soon_end_the_decision() -> None:
    subject = evidence(hold_s=0.0)
    steps(subject, [0.9, 0.05, 0.03, 0.02], 200)
    before = subject.posterior
    decision = steps(subject, None, 200)
    assert (decision.label, decision.reason) == (None, "rejected windows")
    assert subject.posterior == pytest.approx(before)


def test_a_decision_stands_for_the_hold() -> None:
    subject = evidence(evidence_tau_s=0.05, minimum_s=0.1, hold_s=1.0)
    assert steps(subject, [0.9, 0.05, 0.03, 0.02], 3).label == "healthy"
    held = steps(subject, [0.02, 0.9, 0.05, 0.03], 10)
    assert (held.label, held.reason) == ("healthy", "holding")
    assert steps(subject, [0.02, 0.9, 0.05, 0.03], 20).label == "myopathic"


def test_reset_forgets() -> None:
    subject = evidence()
    steps(subject, [0.9, 0.05, 0.03, 0.02], 200)
    subject.reset()
    assert subject.posterior == pytest.approx([0.25] * 4)
    assert steps(subject, [0.9, 0.05, 0.03, 0.02], 1).reason == "settling"


@given(rows=st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=30))
def test_the_posterior_is_a_distribution_whatever_a_model_says(rows: list[list[float]]) -> None:
    subject = evidence()
    for row in rows:
        posterior, decision = subject.step(np.array(row, np.float32) if sum(row) else None)
        assert posterior.min() >= 0
        assert posterior.sum() == pytest.approx(1.0)
        assert 0.0 <= decision.confidence <= 1.0 + 1e-9
