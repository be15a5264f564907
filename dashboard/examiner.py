"""What the examiner says on the page: muscle, side and age, and the phase of the examination."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts import commands
from contracts.records import Subject
from contracts.refusal import Refusal


class SubjectForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of the form. No name and no identifier has a place in it."""

    muscle: Annotated[str, Meta(max_length=80)] = ""
    side: Literal["left", "right"] | None = None
    age: Annotated[int, Meta(ge=0, le=120)] | None = None


_subjects = msgspec.json.Decoder(SubjectForm)
_phases = msgspec.json.Decoder(commands.SetPhase)


def decode_subject(body: bytes) -> Subject:
    """Muscle, side and age in the body of a request, JSON. Raises Refusal for anything else."""
    try:
        form = _subjects.decode(body)
    except msgspec.MsgspecError as error:
        raise _refusal(
            "muscle, side and age", "a muscle in words, left or right, an age in years", error
        ) from error
    return Subject(" ".join(form.muscle.split()) or None, form.side, form.age)


def decode_phase(body: bytes) -> commands.SetPhase:
    """The phase in the body of a request, JSON; without one the signal decides. Raises Refusal for anything else."""
    try:
        return _phases.decode(body)
    except msgspec.MsgspecError as error:
        raise _refusal("a phase", "insertion, rest, minimal, moderate, maximal or artefact", error) from error


def _refusal(what: str, wanted: str, error: msgspec.MsgspecError) -> Refusal:
    return Refusal(
        found=f"{what} that cannot be read ({error})", wanted=wanted, do="Correct it and send it again."
    )
