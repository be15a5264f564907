"""Which muscles a recording says that the needle goes through."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from acquisition.recordings.recording import Annotation
from contracts.records import Chunk, Subject
from contracts.wire import SubjectChanged
from myoscope.offline import piece
from processing.muscles import find_muscle

_SAID = re.compile(r"muscle (?:(left|right) )?(.+)", re.IGNORECASE)


def muscle_changes(annotations: Sequence[Annotation], subject: Subject) -> list[SubjectChanged]:
    """Where annotations such as `muscle left biceps` name another muscle or side than the one before them.

    The first of them says what the recording begins with, which its header or the settings say better.
    """
    changes: list[SubjectChanged] = []
    held: Subject | None = None
    for annotation in annotations:
        said = _SAID.fullmatch(annotation.text.strip())
        muscle = find_muscle(said[2]) if said else None
        if said is None or muscle is None:
            continue
        side = "left" if said[1] and said[1].lower() == "left" else "right" if said[1] else None
        now = Subject(muscle.name, side, subject.age)
        if held is not None and now != held:
            changes.append(SubjectChanged(now, annotation.index))
        held = now
    return changes


def cut(chunk: Chunk, places: Sequence[int]) -> Iterator[Chunk]:
    """A chunk in pieces that begin at these run indices."""
    first, n = chunk.first_index, chunk.samples.shape[0]
    edges = [0, *(place - first for place in places if first < place < first + n), n]
    for begin, stop in pairwise(edges):
        yield piece(chunk, begin, stop)
