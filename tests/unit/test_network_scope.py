"""How far streams are looked for: what liblsl is told, and what a person is told."""

import pylsl
import pytest

from acquisition.live.network import configure_lsl, reach
from contracts.refusal import Refusal
from contracts.settings import LslScope


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What liblsl was told, with no configuration file in the environment."""
    texts: list[str] = []
    monkeypatch.delenv("LSLAPICFG", raising=False)
    monkeypatch.setattr(pylsl.util, "set_config_content", texts.append)
    return texts


def test_the_machine_alone_by_default(told: list[str]) -> None:
    configure_lsl(LslScope())
    lines = told[0].splitlines()
    assert "ResolveScope = machine" in lines
    assert "IPv6 = disable" in lines
    assert "KnownPeers = {127.0.0.1}" in lines
    assert "SessionID = default" in lines


def test_the_network_where_settings_say_so(told: list[str]) -> None:
    configure_lsl(LslScope(scope="link", known_peers=("10.0.0.7", "amp.lab"), session="room 2"))
    lines = told[0].splitlines()
    assert "ResolveScope = link" in lines
    assert "IPv6 = allow" in lines
    assert "KnownPeers = {10.0.0.7, amp.lab}" in lines
    assert "SessionID = room 2" in lines


def test_a_configuration_file_of_the_laboratory_stands(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LSLAPICFG", "/etc/lab.cfg")
    configure_lsl(LslScope(scope="site"))
    assert told == []
    assert reach(LslScope(scope="site")) == "the scope set in /etc/lab.cfg (LSLAPICFG)"


def test_the_scope_in_words(told: list[str]) -> None:
    assert reach(LslScope()) == "this machine only (lsl.scope = 'machine')"
    wide = reach(LslScope(scope="link", known_peers=("10.0.0.7",), session="room 2"))
    assert wide == "this machine and its local network and 10.0.0.7 (lsl.scope = 'link', session 'room 2')"
    assert told == []


@pytest.mark.parametrize(
    "scope", [LslScope(session="a\n[log]"), LslScope(known_peers=("10.0.0.7}",)), LslScope(session="a;b")]
)
def test_a_word_that_would_change_the_configuration_is_refused(told: list[str], scope: LslScope) -> None:
    with pytest.raises(Refusal):
        configure_lsl(scope)
    assert told == []
