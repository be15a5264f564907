"""Laws of the tree, read from the source itself."""

import ast
from collections.abc import Mapping
from functools import cache
from importlib import import_module, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("contracts", "acquisition", "processing", "inference", "dashboard", "simulators", "myoscope")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
KERNELS = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("kernels/*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree; many laws ask for the same one."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def distributions() -> Mapping[str, list[str]]:
    """Which installed distributions own each top-level package."""
    return metadata.packages_distributions()


@cache
def imports_of(path: Path) -> set[str]:
    """Top-level names of all modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_comes_from_this_tree_and_from_nothing_else(package: str) -> None:
    module = import_module(package)
    assert Path(str(module.__file__)).resolve().parent == ROOT / package
    owners = set(distributions().get(package, [])) - {"myoscope"}
    assert not owners, f"{package} also belongs to {owners}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_unpickles_and_nothing_keeps_only_the_last_frame(path: Path) -> None:
    forbidden = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
    assert not {name.split(".")[0] for name in imports_of(path)} & forbidden
    tree = parsed(path)
    used = {n.attr.lower() for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert "conflate" not in used, "zmq.CONFLATE keeps only the last part of a multipart message"
    allowing = [n for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg == "allow_pickle"]
    assert all(isinstance(n.value, ast.Constant) and n.value.value is False for n in allowing)


DOORS = {
    "pylsl": ("acquisition/live/", "simulators/", "myoscope/doctor.py"),
    "zmq": (
        "inference/runtime/publisher.py",
        "inference/runtime/control.py",
        "dashboard/subscriber.py",
        "dashboard/control.py",
        "myoscope/tail.py",
    ),
    "onnxruntime": ("inference/runtime/model.py",),
}


@pytest.mark.parametrize("library", DOORS)
def test_each_wire_has_its_doors(library: str) -> None:
    users = {str(p.relative_to(ROOT)) for p in FILES if library in {n.split(".")[0] for n in imports_of(p)}}
    outside = {user for user in users if not user.startswith(DOORS[library])}
    assert users, f"nobody imports {library}: the law is out of date"
    assert not outside


@pytest.mark.parametrize("path", KERNELS, ids=lambda p: p.name)
def test_a_kernel_file_stands_alone(path: Path) -> None:
    """numba's cache looks only at the kernel's own file: an edited callee elsewhere leaves the caller stale."""
    assert {name.split(".")[0] for name in imports_of(path)} <= {"math", "numba", "numpy", "typing"}


@pytest.mark.parametrize("path", KERNELS, ids=lambda p: p.name)
def test_a_kernel_releases_the_gil_and_is_cached(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "njit":
                options = {k.arg: getattr(k.value, "value", None) for k in decorator.keywords}
                assert options.get("nogil") is True, node.name
                assert options.get("cache") is True, node.name


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    # A cached kernel does not hear of a change in another file: those that call each other share one.
    most = 400 if path.parent.name == "kernels" else 330
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


def test_the_live_composition_reads_as_a_list_of_parts() -> None:
    source = (ROOT / "myoscope" / "live.py").read_text(encoding="utf-8")
    order = ["load_model(", "LslSource.open(", "Pipeline(", "Publisher.bind(", "ReaderThread(", ".drive("]
    places = [source.index(part) for part in order]
    assert places == sorted(places)


def test_locks_name_no_index_and_carry_hashes() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
