"""Labels from the names and headers of the public sets.

The sets are told apart by their file names, so that a folder of them needs no table beside it. Of header
comments only what `Labels` has a field for is read; paths, addresses and names in them are left behind.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from acquisition.recordings.recording import Labels

_N2001 = re.compile(r"N2001([CMA])(\d\d)[A-Z]{2}(\d+)$")
_N2001_CLASSES = {"C": "healthy", "M": "myopathy", "A": "motor neuron disease"}

STORED_NEGATIVE_UP = frozenset({"n2001"})
"""Sets that hold their potentials as a clinic shows them; a loader turns these over. The steepest slope of an
extracellular spike goes down. Among the largest fifth of the spikes of each record it goes up in all 18 people of
n2001 (134 of 139 records), and down in 176 of 186 people of neuromuscular_asc (218 of 232 records) and in emgdb."""

_ASC = re.compile(r"EMG[\s_]*(\d+)[\s_]+(\d+)[\s_]*([RL])[\s_]*([DB])[\s_]*(Hea|Myo|Neu)", re.IGNORECASE)
_ASC_CLASSES = {"Hea": "healthy", "Myo": "myopathy", "Neu": "neuropathy"}
_ASC_MUSCLES = {"D": "Deltoid", "B": "Biceps brachii"}

_EMGDB = re.compile(r"emg_(healthy|myopathy|neuropathy)$")

_DIAGNOSES = (
    ("healthy", re.compile(r"\b(healt\w*|controls?|normal)\b")),
    ("motor neuron disease", re.compile(r"\b(als|amyotrophic|motor neuron disease)\b")),
    ("myopathy", re.compile(r"\b(\w*myopath\w*|\w*myositis|\w*dystroph\w*)\b")),
    ("neuropathy", re.compile(r"\b(\w*neuropath\w*)\b")),
)
_IN_DOUBT = re.compile(r"\b(no|not|without|suspected|possible|probable|versus|vs)\b|\?")


def asc_labels(stem: str) -> Labels | None:
    """Labels from a name like `EMG _225 _13_ RB_Hea` (blanks and underscores vary), else None.

    The person's number counts within a class, so that the key holds both.
    """
    match = _ASC.match(stem)
    if match is None:
        return None
    _, person, side, muscle, kind = match.groups()
    kind = kind.capitalize()
    return Labels(
        dataset="neuromuscular_asc",
        person=f"neuromuscular_asc/{kind}/{int(person):02d}",
        class_name=_ASC_CLASSES[kind],
        muscle=_ASC_MUSCLES[muscle.upper()],
        side="right" if side.upper() == "R" else "left",
    )


def wfdb_labels(stem: str, comments: Sequence[str]) -> Labels:
    """Labels of a WFDB record from its name and its header's comments.

    N2001's person is the class letter and the subject's number in the record's name; its needle position
    is the number that follows the muscle.
    """
    fields = _comment_fields(comments)
    dataset, person, class_name, site = "", None, class_of_diagnosis(fields.get("diagnosis", "")), None
    if match := _N2001.match(stem):
        letter, subject, site = match.groups()
        dataset, person, class_name = "n2001", f"n2001/{letter}{subject}", _N2001_CLASSES[letter]
    elif match := _EMGDB.match(stem):
        dataset, person, class_name = "emgdb", f"emgdb/{match[1]}", match[1]
    return Labels(
        dataset=dataset,
        person=person,
        class_name=class_name,
        muscle=fields.get("muscle"),
        side=side_of(fields.get("side", "")),
        age=age_of(fields.get("age", "")),
        sex=sex_of(fields.get("sex", fields.get("gender", ""))),
        effort=fields.get("level"),
        site=site,
    )


def labels_from(metadata: Mapping[str, str]) -> Labels:
    """Labels from keys that a file of our own convention holds: dataset, person, class, muscle, side, age,
    sex, effort, site."""
    return Labels(
        dataset=metadata.get("dataset", ""),
        person=metadata.get("person") or None,
        class_name=metadata.get("class") or None,
        muscle=metadata.get("muscle") or None,
        side=side_of(metadata.get("side", "")),
        age=age_of(metadata.get("age", "")),
        sex=sex_of(metadata.get("sex", "")),
        effort=metadata.get("effort") or None,
        site=metadata.get("site") or None,
    )


def _comment_fields(comments: Sequence[str]) -> dict[str, str]:
    """`key: value` pairs, also PhysioNet's `<age>: 44 <sex>: M <diagnoses> ...` on one line."""
    fields: dict[str, str] = {}
    for comment in comments:
        bracketed = re.findall(r"<(\w+)>:?\s*([^<]*)", comment)
        plain = re.match(r"\s*([A-Za-z]+)\s*:\s*(.*)", comment)
        for key, value in bracketed or ([plain.groups()] if plain else []):
            name = "diagnosis" if key.casefold() == "diagnoses" else key.casefold()
            if value.strip():
                fields.setdefault(name, value.strip())
        if placed := re.search(r"placed in (?:the )?([a-z ]+?) muscle", comment):
            fields.setdefault("muscle", placed[1].capitalize())
    return fields


def class_of_diagnosis(text: str) -> str | None:
    """The pattern that a diagnosis names, or None where it names none, several, or one in doubt.

    A label is what a model is fitted and judged by, so that a guess is worse than none.
    """
    text = text.casefold()
    named = [name for name, pattern in _DIAGNOSES if pattern.search(text)]
    return named[0] if len(named) == 1 and not _IN_DOUBT.search(text) else None


def age_of(text: str) -> int | None:
    """Whole years between 0 and 120, else None."""
    match = re.match(r"\s*(\d{1,3})\b", text)
    return int(match[1]) if match and int(match[1]) <= 120 else None


def sex_of(text: str) -> Literal["female", "male"] | None:
    """`female` or `male` from a word or its first letter, else None."""
    word = text.strip().casefold()
    if word in ("f", "female", "woman"):
        return "female"
    return "male" if word in ("m", "male", "man") else None


def side_of(text: str) -> Literal["left", "right"] | None:
    """`left` or `right` from a word or its first letter, else None."""
    word = text.strip().casefold()
    if word in ("l", "left"):
        return "left"
    return "right" if word in ("r", "right") else None
