"""What a live run tells again to who comes late."""

from msgspec.structs import replace

from contracts.measured import Epoch, RestTrain
from myoscope.told import N_EPOCHS, N_TRAINS, Told
from tests.doubles_measured import epoch, phase, train, unit


def test_the_newest_word_on_each_train_and_every_epoch() -> None:
    told = Told()
    second = replace(train(1), channel=1)
    for message in (
        train(1),
        second,
        epoch(1),
        train(2),
        phase("rest"),
        unit(1),
        train(1, ended=True),
        epoch(2),
    ):
        told.take(message)
    assert told.messages() == [second, train(2), train(1, ended=True), epoch(1), epoch(2)]


def test_it_is_bounded_and_the_newest_stay() -> None:
    told = Told()
    for n in range(N_TRAINS + 5):
        told.take(train(n))
    for n in range(N_EPOCHS + 5):
        told.take(epoch(n))
    messages = told.messages()
    assert [m.train for m in messages if isinstance(m, RestTrain)] == list(range(5, N_TRAINS + 5))
    assert [m for m in messages if isinstance(m, Epoch)][-1] == epoch(N_EPOCHS + 4)
    assert len(messages) == N_TRAINS + N_EPOCHS


def test_nothing_is_told_again_of_another_person() -> None:
    told = Told()
    told.take(train(1))
    told.take(epoch(1))
    told.begin_anew()
    assert told.messages() == []
