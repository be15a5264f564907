"""Whose recordings make a laboratory's norms: person, age, and why one is left out."""

import csv
from collections.abc import Sequence
from pathlib import Path

import msgspec

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from myoscope.cohort import MANIFEST
from processing.muscles import Muscle, find_muscle

HEALTHY = "healthy"


class Recorded(msgspec.Struct, frozen=True):
    """One recording of one person."""

    path: Path
    person: str | None
    age: int | None
    seconds: float
    left_out: str = ""
    """Why; empty for one that counts."""


class _Said(msgspec.Struct, frozen=True):
    """What a table says of a recording."""

    person: str | None = None
    age: int | None = None
    class_name: str | None = None


def recorded_people(
    files: Sequence[Path], muscle: Muscle, minimum_rate_hz: float, people_file: Path | None
) -> list[Recorded]:
    """Every recording in files and folders, with its person: from `people_file`, a cohort's manifest, the file, or
    the name of its folder where folders differ.

    Raises Refusal where a person cannot be told.
    """
    paths = [path for each in files for path in (find_recordings(each) if each.is_dir() else [each])]
    told = _people_table(people_file) if people_file else {}
    for folder in dict.fromkeys(path.parent for path in paths):
        told = _manifest(folder / MANIFEST) | told
    by_folder = len({path.parent for path in paths}) > 1
    found = [_recorded(p, told.get(p.resolve(), _Said()), muscle, minimum_rate_hz, by_folder) for p in paths]
    nameless = [each for each in found if each.person is None and not each.left_out]
    if nameless:
        raise Refusal(
            found=f"no person for {nameless[0].path}",
            wanted="a person for every recording: norms are about people",
            do="Give each person a folder, or --people FILE.csv with path, person and age.",
        )
    return found


def age_band(people: Sequence[Recorded], given: tuple[int, int] | None) -> tuple[int, int]:
    """The ages of the people: as given, or from the youngest to the oldest. Raises Refusal for an age not known."""
    if given is not None:
        return given
    ageless = [each for each in people if each.age is None]
    if ageless:
        raise Refusal(
            found=f"no age for {ageless[0].person}",
            wanted="the age of every person, or the band that all are in",
            do="Add --age YOUNGEST OLDEST, or an age column in --people FILE.csv.",
        )
    ages = [each.age for each in people if each.age is not None]
    return min(ages), max(ages)


def _recorded(path: Path, said: _Said, muscle: Muscle, minimum_rate_hz: float, by_folder: bool) -> Recorded:
    with open_recording(path) as recording:
        labels, stream = recording.labels, recording.description
        seconds = recording.n_samples / stream.rate_hz
    kind = said.class_name or labels.class_name
    other = find_muscle(stream.subject.muscle or labels.muscle)
    left_out = ""
    if kind is not None and kind != HEALTHY:
        left_out = "not of a healthy person"
    elif other is not None and other.name != muscle.name:
        left_out = f"of {other.name}"
    elif stream.rate_hz < minimum_rate_hz:
        left_out = "sampled too slowly"
    elif stream.emg_unit != "uV":
        left_out = "not in microvolt"
    person = said.person or labels.person or (path.parent.name if by_folder else None)
    age = said.age if said.age is not None else labels.age
    return Recorded(path, person, stream.subject.age if age is None else age, seconds, left_out)


def _people_table(path: Path) -> dict[Path, _Said]:
    rows = _rows(path, {"path", "person"})
    return {
        (path.parent / row["path"]).resolve(): _Said(row["person"] or None, _age(path, row), HEALTHY)
        for row in rows
    }


def _manifest(path: Path) -> dict[Path, _Said]:
    if not path.is_file():
        return {}
    rows = _rows(path, {"file", "person", "class"})
    return {
        (path.parent / row["file"]).resolve(): _Said(row["person"], _age(path, row), row["class"])
        for row in rows
    }


def _age(path: Path, row: dict[str, str]) -> int | None:
    text = (row.get("age") or "").strip()
    if not text:
        return None
    if not text.isdigit():
        raise Refusal(found=f"the age {text!r} in {path}", wanted="whole years", do="Correct it.")
    return int(text)


def _rows(path: Path, needed: set[str]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(
            found=f"{path}, which does not read ({error})", wanted="a CSV file", do="Correct it."
        ) from error
    missing = needed - set(rows[0] if rows else ())
    if missing:
        raise Refusal(
            found=f"{path} without the column(s) {', '.join(sorted(missing))}",
            wanted=f"{', '.join(sorted(needed))} in the first line",
            do="Add them.",
        )
    return rows
