"""Who is examined: age, sex and what the person has, as physiology with a severity."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Condition = Literal["myopathy", "neuropathy", "motor neuron disease"]
CONDITIONS: tuple[Condition, ...] = ("myopathy", "neuropathy", "motor neuron disease")

Stage = Literal["acute", "subacute", "chronic"]
"""acute: the loss is there, nothing has answered it yet. subacute: denervated fibres discharge by themselves
and the first sprouts reach them, unstable. chronic: the answer is mature and stable (in motor neuron
disease: as mature as an ongoing loss lets it be)."""


class Disorder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One process at work. A person may have several (mixed patterns), a healthy one has none."""

    kind: Condition
    severity: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """0 changes nothing; 1 is the most that a muscle with any voluntary activity left can show."""
    stage: Stage = "chronic"


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person of whom any number of muscles may be examined."""

    age: Annotated[int, Meta(ge=20, le=80)] = 45
    sex: Literal["female", "male"] = "female"
    disorders: tuple[Disorder, ...] = ()

    @property
    def condition(self) -> str:
        """healthy, the kind of the only disorder, or mixed."""
        kinds = {disorder.kind for disorder in self.disorders if disorder.severity > 0}
        return "healthy" if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"
