"""Training: splits that share no group, ONNX that says what the original says, cards that hold what was measured."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contracts.refusal import Refusal
from inference.runtime.card import TrainingSet
from inference.runtime.model import OnnxModel
from inference.training.datasets import Windows
from inference.training.export import AGREES_WITHIN, disagreement, export
from inference.training.fit import ALGORITHMS, fit
from inference.training.scores import all_levels, by_group, held_out, score
from inference.training.splits import balanced_weights, folds
from inference.training.tasks import PATTERNS
from inference.training.train import card_of, train_all
from myoscope.training import read_labels

pytestmark = pytest.mark.slow

N_CLASSES = len(PATTERNS.classes)
COLUMNS = 6


def people(per_class: int = 6, windows: int = 25, seed: int = 0) -> Windows:
    """Made-up windows: the class moves two of the features, the person all of them, in features of large size."""
    rng = np.random.default_rng(seed)
    rows, target, person = [], [], []
    for c in range(N_CLASSES):
        for p in range(per_class):
            centre = rng.normal(0, 60, COLUMNS) + np.eye(N_CLASSES, COLUMNS)[c] * 150
            # Whole numbers, as counts of crossings are: thresholds of trees lie exactly on them.
            rows.append(np.round(centre + rng.normal(0, 40, (windows, COLUMNS))))
            target += [c] * windows
            person += [f"set/{c}-{p}"] * windows
    n = len(target)
    return Windows(
        features=np.concatenate(rows).astype(np.float32),
        target=np.array(target),
        person=np.array(person),
        recording=np.array(person),
        dataset=np.full(n, "made-up"),
        effort=np.full(n, ""),
        block=np.zeros(n, np.int64),
        nuisance=np.zeros((n, 4), np.float32),
        layout=tuple(f"f{i}" for i in range(COLUMNS)),
        rejected={},
        sets=(TrainingSet("made-up", "0" * 64, per_class * N_CLASSES, per_class * N_CLASSES),),
    )


def test_no_person_stands_on_both_sides_and_everybody_is_scored_once() -> None:
    windows = people()
    seen = np.zeros(len(windows.target), int)
    for train, test in folds(windows, 0, seed=1):
        assert not set(windows.person[train]) & set(windows.person[test])
        assert set(windows.target[train]) == set(range(N_CLASSES))
        seen[test] += 1
    assert (seen == 1).all()


def test_blocks_are_left_out_one_by_one_and_purged_windows_are_nowhere() -> None:
    windows = people(per_class=1, windows=30)
    block = np.tile(np.repeat([0, 1, 2], 10), N_CLASSES)
    block[::10] = -1
    windows = replace(windows, block=block)
    pairs = list(folds(windows, 3, seed=1))
    assert len(pairs) == 3
    for k, (train, test) in enumerate(pairs):
        assert set(block[test]) == {k}
        assert k not in block[train]
        assert -1 not in block[train]


def test_a_class_of_one_person_cannot_be_scored() -> None:
    windows = people()
    alone = windows.only((windows.target > 0) | (windows.person == "set/0-0"))
    with pytest.raises(Refusal, match="two people"):
        next(iter(folds(alone, 0, seed=1)))


def test_every_class_and_within_it_every_person_counts_the_same() -> None:
    windows = people()
    kept = np.r_[0:3, 25:200, 210:400]
    weights = balanced_weights(windows, kept, N_CLASSES)
    by_class = [weights[windows.target[kept] == c].sum() for c in np.unique(windows.target[kept])]
    assert by_class == pytest.approx([by_class[0]] * len(by_class))
    first = windows.person[kept] == "set/0-0"
    second = windows.person[kept] == "set/0-1"
    assert weights[first].sum() == pytest.approx(weights[second].sum())


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_onnx_says_what_the_original_says_on_windows_that_neither_has_seen(
    tmp_path: Path, algorithm: str
) -> None:
    windows = people()
    train, test = next(iter(folds(windows, 0, seed=1)))
    weights = balanced_weights(windows, train, N_CLASSES)
    original = fit(algorithm, windows.features[train], windows.target[train], weights, seed=1)
    card = card_of(windows, PATTERNS, algorithm, {}, {})
    path = tmp_path / "model.onnx"
    assert export(original, card, path, windows.features[test]) <= AGREES_WITHIN
    reloaded = OnnxModel.load(path)
    assert disagreement(original, reloaded, windows.features[test]) <= AGREES_WITHIN
    assert reloaded.card.classes == PATTERNS.classes
    assert reloaded.card.training == windows.sets


def test_a_model_that_says_something_else_in_onnx_is_not_kept(tmp_path: Path) -> None:
    windows = people(per_class=2)
    rows = np.arange(len(windows.target))
    weights = balanced_weights(windows, rows, N_CLASSES)
    original = fit("xgboost", windows.features, windows.target, weights, seed=1)

    truthful = original.predict_proba
    liar: Any = original
    liar.predict_proba = lambda x: truthful(x)[:, ::-1]
    path = tmp_path / "liar.onnx"
    with pytest.raises(Refusal, match="differ by"):
        export(liar, card_of(windows, PATTERNS, "xgboost", {}, {}), path, windows.features)
    assert not path.exists()


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_training_scores_people_it_did_not_see_and_writes_them_into_the_file(tmp_path: Path) -> None:
    windows = people()
    (trained,) = train_all(windows, PATTERNS, ["xgboost"], tmp_path, 1, {}, lambda _: None)
    card = OnnxModel.load(trained.path).card
    assert card.metrics["persons.macro_f1"] == pytest.approx(trained.levels["persons"].macro_f1, abs=1e-4)
    again = all_levels(held_out(windows, "xgboost", N_CLASSES, 0, 1), windows, persons=True)
    assert again["windows"].macro_f1 == trained.levels["windows"].macro_f1


def test_scores_are_those_of_the_definition() -> None:
    target = np.array([0, 0, 1, 1, 2])
    said = np.array([0, 1, 1, 1, 0])
    s = score(np.eye(3)[said] * 0.8 + 0.1, target)
    recalls = [1 / 2, 2 / 2, 0 / 1]
    precisions = [1 / 2, 2 / 3, 0.0]
    f1 = [2 * p * r / (p + r) if p + r else 0.0 for p, r in zip(precisions, recalls, strict=True)]
    assert s.balanced_accuracy == pytest.approx(np.mean(recalls))
    assert s.macro_f1 == pytest.approx(np.mean(f1))
    assert s.confusion.tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 0]]


def test_a_persons_share_is_the_geometric_mean_of_the_windows() -> None:
    rows = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    shares, target = by_group(rows, np.array([0, 0, 1]), np.array(["a", "a", "b"]))
    means = np.sqrt(rows[0] * rows[1])
    assert shares[0] == pytest.approx(means / means.sum())
    assert target.tolist() == [0, 1]


def test_labels_of_ones_own_come_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("path,class,person\na.edf,healthy,p1\nb.edf,tremor,p2\n")
    labels = read_labels(file)
    assert labels[(tmp_path / "b.edf").resolve()].class_name == "tremor"
    assert labels[(tmp_path / "a.edf").resolve()].person == "p1"
    file.write_text("path,class\na.edf,healthy\n")
    with pytest.raises(Refusal, match="person"):
        read_labels(file)
