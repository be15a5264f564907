"""Public recordings from their own hosts, for whoever has the internet and agrees to their terms.

Nothing is fetched unasked. Every file is checked against its hash before it takes its name; a file that is
there already is checked and never overwritten. What cannot be fetched (a sign-in, no lasting address) is said
with its page, and files brought from there by hand are checked in the same way.
"""

import hashlib
import http.client
import lzma
import os
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import msgspec

from contracts.refusal import Refusal

_BLOCK = 1 << 16


class PublicFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a set."""

    path: str
    """Relative to the folder of the set."""
    sha256: str
    bytes: int = 0
    """0 where the size is not known."""
    url: str = ""
    """"" where no address is known that stays."""


class PublicSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One public set of recordings."""

    name: str
    description: str
    terms: str
    """What its page says of its use, in short."""
    page: str
    note: str = ""
    """What to do there, where that needs saying."""
    files: tuple[PublicFile, ...] = ()


class _Catalogue(msgspec.Struct, forbid_unknown_fields=True):
    sets: tuple[PublicSet, ...]


def catalogue() -> tuple[PublicSet, ...]:
    """The public sets that are known, in the order of public_sets.toml."""
    text = files("acquisition.recordings").joinpath("public_sets.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Catalogue).sets


def public_set(name: str) -> PublicSet:
    """The set of that name. Raises Refusal with the names that are known."""
    known = catalogue()
    for chosen in known:
        if chosen.name == name:
            return chosen
    raise Refusal(
        found=f"no public set {name!r}",
        wanted=f"one of {', '.join(s.name for s in known)}",
        do="Choose one of these.",
    )


def fetch(
    chosen: PublicSet,
    destination: Path,
    *,
    confirm: bool,
    progress: Callable[[int, int], None],
    timeout_s: float = 30.0,
) -> list[Path]:
    """The files of a set, each checked, in `destination / name of the set`.

    `confirm` says that the user has seen the terms and agrees. `progress` gets bytes done and bytes in all (of
    the files whose size is known). An interrupted download goes on where it stopped. Raises Refusal without
    `confirm`, for a host that does not answer or has no such file, a broken connection, a wrong hash, a
    different file of the same name, and at the end for files that can only be brought by hand.
    """
    if not confirm:
        raise Refusal(
            found=f"no agreement to the terms of {chosen.name}: {chosen.terms}",
            wanted="your agreement before anything is fetched",
            do=f"Read {chosen.page} and say yes.",
        )
    folder = destination / chosen.name
    total = sum(f.bytes for f in chosen.files)
    done = 0
    paths: list[Path] = []
    by_hand: list[PublicFile] = []
    for file in chosen.files:
        present = _present(folder, file)
        if present is None and not file.url:
            by_hand.append(file)
            continue
        if present is None:
            present = _downloaded(folder, file, timeout_s, lambda n, before=done: progress(before + n, total))
        paths.append(present)
        done += file.bytes
        progress(done, total)
    if by_hand or not chosen.files:
        raise _bring_by_hand(chosen, folder, by_hand)
    return paths


def _bring_by_hand(chosen: PublicSet, folder: Path, missing: list[PublicFile]) -> Refusal:
    what = f"{len(missing)} of {len(chosen.files)} files" if missing else "the files"
    first = f", {missing[0].path} first among them" if missing else ""
    return Refusal(
        found=f"no address from which {what} of {chosen.name} could be fetched{first}",
        wanted=f"them in {folder}",
        do=f"Bring them from {chosen.page}. {chosen.note}".rstrip(),
    )


def _present(folder: Path, file: PublicFile) -> Path | None:
    """The file where it is there already and is the right one; as `.xz` too. None where it is absent."""
    for path, opener in ((folder / file.path, open), (folder / f"{file.path}.xz", lzma.open)):
        if not path.exists():
            continue
        digest = hashlib.sha256()
        try:
            with opener(path, "rb") as content:
                while block := content.read(_BLOCK):
                    digest.update(block)
        except (OSError, lzma.LZMAError, EOFError) as error:
            raise Refusal(
                found=f"{path}, which cannot be read ({error})", wanted="the public file", do="Move it away."
            ) from error
        if digest.hexdigest() != file.sha256:
            raise Refusal(
                found=f"another file of that name, {path} (sha256 {digest.hexdigest()[:12]}...)",
                wanted=f"sha256 {file.sha256[:12]}...",
                do="Move it away and fetch again; it was left as it is.",
            )
        return path
    return None


def _downloaded(folder: Path, file: PublicFile, timeout_s: float, progress: Callable[[int], None]) -> Path:
    path = folder / file.path
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _stream(file, part, timeout_s, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _checked(part, path, file)  # all of it was there already
        raise Refusal(
            found=f"the answer {error.code} {error.reason} for {file.url}",
            wanted="the file",
            do="It may have moved: look at the page of the set.",
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise Refusal(
            found=f"no way to get {file.url} ({error})",
            wanted="a connection to its host and a folder that can be written",
            do="Check both and fetch again; what has come so far is kept.",
        ) from error
    return _checked(part, path, file)


def _stream(file: PublicFile, part: Path, timeout_s: float, progress: Callable[[int], None]) -> None:
    """Bytes into the `.part` file, after those that are there already where the host can do that."""
    have = part.stat().st_size if part.exists() else 0
    if file.bytes and have >= file.bytes:
        return
    request = urllib.request.Request(file.url, headers={"User-Agent": "myoscope-fetch"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        goes_on = have > 0 and answer.status == http.client.PARTIAL_CONTENT
        have = have if goes_on else 0
        announced = answer.headers.get("Content-Length")
        wanted = have + int(announced) if announced else file.bytes
        with part.open("ab" if goes_on else "wb") as out:
            while block := answer.read(_BLOCK):
                out.write(block)
                have += len(block)
                progress(have)
    if wanted and have < wanted:
        raise http.client.HTTPException(f"the connection ended after {have} of {wanted} bytes")


def _checked(part: Path, path: Path, file: PublicFile) -> Path:
    """The file under its own name; a download with a wrong hash is deleted and refused."""
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    if digest != file.sha256:
        part.unlink()
        raise Refusal(
            found=f"{file.url} with sha256 {digest[:12]}...",
            wanted=f"sha256 {file.sha256[:12]}...",
            do="The download was deleted. Fetch again; if it stays so, the file has changed at its host.",
        )
    os.replace(part, path)
    return path
