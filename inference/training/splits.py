"""Splits that share no person (or, where a set names none, no block of time)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from contracts.refusal import Refusal
from inference.training.datasets import Windows

FOLDS = 5


def folds(windows: Windows, blocks: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of row numbers to fit on and to score, no group on both sides.

    Groups are persons. Where the task has `blocks` instead, group k is the k-th block of every recording,
    and windows that touch two blocks are in neither (their block is -1).
    """
    rows = np.flatnonzero(windows.block >= 0)
    if blocks:
        for block in range(blocks):
            test = rows[windows.block[rows] == block]
            yield rows[windows.block[rows] != block], test
        return
    people = windows.person[rows]
    fewest = min(len(set(people[windows.target[rows] == c])) for c in np.unique(windows.target[rows]))
    if fewest < 2:
        raise Refusal(
            found="a class with windows of one person only",
            wanted="at least two people in every class, to score on somebody who was not fitted on",
            do="Add recordings of other people, or leave the class out.",
        )
    n_folds = min(FOLDS, fewest)
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    for fit, test in splitter.split(rows, windows.target[rows], groups=people):
        yield rows[fit], rows[test]


def balanced_weights(windows: Windows, rows: NDArray[np.int64], n_classes: int) -> NDArray[np.float64]:
    """A weight for each row: every class counts the same, and within a class every person (or recording)."""
    weights = np.zeros(len(rows))
    people = windows.person[rows]
    for c in range(n_classes):
        of_class = windows.target[rows] == c
        for person in np.unique(people[of_class]):
            mine = of_class & (people == person)
            weights[mine] = 1.0 / mine.sum()
        if of_class.any():
            weights[of_class] /= weights[of_class].sum()
    return weights * len(rows) / weights.sum()
