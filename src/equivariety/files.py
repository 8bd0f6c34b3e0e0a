"""Writing results so that a kill at any moment loses nothing.

:func:`write_atomically` replaces one file.  :func:`staged` replaces a *set* of files: they are written into a hidden
folder and committed by one rename, so that afterwards either the complete old set or the complete new set is there.

    DIR/.equivariety/staging-<random>/files/...     being written
    DIR/.equivariety/commit/files/...               committed, being moved into DIR
    DIR/.equivariety/manifest.json                  the files in DIR that were written through here

The rename of ``staging-<random>`` to ``commit`` is the commit point.  Moving the files into place can be repeated
after a kill: :func:`recover` does so, and everyone who reads such a directory calls it first.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.tolerances import MAX_FILE_BYTES

if sys.platform != "win32":
    import fcntl

__all__ = ["read_tensors", "recover", "staged", "write_atomically"]

StrPath: TypeAlias = "str | os.PathLike[str]"

_PRIVATE = ".equivariety"
_COMMIT = "commit"
_STAGING = "staging-"
_FILES = "files"
_MANIFEST = "manifest.json"


def write_atomically(path: StrPath, data: bytes | Callable[[Path], None]) -> None:
    """Write one file completely or not at all.

    Args:
        path: path of the file to create or replace; a symbolic link is followed, and its folder must exist.
        data: the content, or a function that writes it to the path it is given.  That path has the suffix of ``path``,
            because many writers choose their format by it.

    Raises:
        ValueError: if ``path`` is not a regular file, its folder does not exist, or the function wrote no file.
        TypeError: if ``data`` is neither bytes nor callable.

    Whatever ``data`` raises is passed on; then the old file is untouched and no temporary file is left.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "report.json", b"{}")
    ...     [p.name for p in Path(folder).iterdir()], (Path(folder) / "report.json").read_text()
    (['report.json'], '{}')
    """
    if not isinstance(path, str | os.PathLike) or "\0" in os.fspath(path):
        raise invalid("path", "the name of a file", path, "pass a str or a pathlib.Path", TypeError)
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise invalid("path", "in an existing folder", brief(str(path)), f"create {target.parent} first")
    if target.exists() and not target.is_file():
        raise invalid("path", "a regular file or a new name", brief(str(path)), "choose another name")
    if not (callable(data) or _is_bytes(data)):
        raise invalid("data", "bytes or a function that writes to a path", data, "encode text first", TypeError)
    temporary = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
    try:
        if callable(data):
            data(temporary)
            if not temporary.is_file():
                raise invalid("data", "a function that writes to the path it is given", data, "write to its argument")
        else:
            temporary.write_bytes(data)
        if target.exists():
            shutil.copymode(target, temporary)
        _flush(temporary)
        os.replace(temporary, target)
    except OSError as problem:
        if problem.filename in (str(temporary), temporary):  # a name that the caller does not know
            raise type(problem)(problem.errno, problem.strerror, str(path)) from problem
        raise
    finally:
        temporary.unlink(missing_ok=True)
    _flush(target.parent)


def read_tensors(path: Path, fix: str) -> tuple[dict[str, AnyArray], dict[str, str]]:
    """Return the arrays and the text metadata of a safetensors file; nothing is ever unpickled.

    Raises ValueError, naming the file and ``fix``, if it is missing, larger than ``tolerances.MAX_FILE_BYTES``, or not
    a whole safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    source = f"file {str(path)!r}"
    if not path.is_file():
        raise invalid(source, "an existing file", "no such file", fix)
    if path.stat().st_size > MAX_FILE_BYTES:
        raise invalid(source, f"of at most {MAX_FILE_BYTES} bytes", f"{path.stat().st_size} bytes", fix)
    try:
        with safe_open(path, framework="numpy") as handle:
            return {name: handle.get_tensor(name) for name in handle.keys()}, handle.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise invalid(source, "a whole safetensors file", brief(str(error)), fix) from error


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes)


@contextmanager
def staged(directory: StrPath, *, remove_previous: bool = False) -> Iterator[Path]:
    """Context manager to replace a set of files in ``directory`` all at once.

    Args:
        directory: the folder of the results, created if missing.  Files in it that were not written through here are
            never deleted, and only replaced by a new file of the same name.
        remove_previous: also delete the files of earlier sets that the new set does not contain.

    Returns:
        pathlib.Path: (by ``with``) an empty folder; the regular files written below it, in subfolders too, are the new
            set.

    Raises:
        ValueError: if ``directory`` is a file, a name in the new set is a folder in ``directory`` or lies behind a
            symbolic link, or the list of earlier files has been tampered with.  Nothing has changed then.

    If the body raises, nothing changes.  Writers in several processes exclude each other while they commit, where
    the file system has locks for folders; the last one wins.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with staged(folder) as new:
    ...         _ = (new / "report.json").write_text("{}")
    ...     recover(folder)
    ...     (Path(folder) / "report.json").read_text()
    '{}'
    """
    root = _root(directory)
    created = _create(root)
    staging = root / _PRIVATE / f"{_STAGING}{secrets.token_hex(8)}"
    in_use: int | None = None
    try:
        with _locked(root):
            _recover(root)
            (staging / _FILES).mkdir(parents=True)
            in_use = _lock(staging, wait=False)
        yield staging / _FILES
        with _locked(root):
            _recover(root)
            _prepare(root, staging, remove_previous)
            os.rename(staging, root / _PRIVATE / _COMMIT)
            _flush(root / _PRIVATE)
            _roll_forward(root)
    finally:
        if in_use is not None:
            os.close(in_use)
        shutil.rmtree(staging, ignore_errors=True)
        for folder in (root / _PRIVATE, *created):
            with suppress(OSError):  # only empty folders go
                folder.rmdir()


def recover(directory: StrPath) -> None:
    """Finish what a killed :func:`staged` left behind; call it before reading files written by ``staged``.

    A committed set is moved into place, uncommitted sets of processes that no longer run are deleted.  Calling it
    again, or on a folder that does not exist or has nothing to recover, does nothing.

    Raises:
        ValueError: if ``directory`` is a file, or the committed set would leave ``directory``.

    >>> recover("no/such/folder")
    """
    root = _root(directory)
    private = root / _PRIVATE
    # A look without the lock suffices to see that nothing is left, and works in folders that only may be read.
    if private.is_dir() and any(name == _COMMIT or name.startswith(_STAGING) for name in os.listdir(private)):
        with _locked(root):
            _recover(root)


def _root(directory: StrPath) -> Path:
    root = Path(os.path.realpath(directory))
    if root.exists() and not root.is_dir():
        raise invalid("directory", "a folder or a new name", f"the file {brief(str(directory))}", "choose another name")
    private = root / _PRIVATE
    if private.is_symlink() or (private.exists() and not private.is_dir()):
        raise invalid(str(private), "a folder", "a file or a symbolic link", "remove it")
    return root


def _create(root: Path) -> list[Path]:
    """Create ``root`` and return the new folders, innermost first."""
    missing = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        root.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise invalid("directory", "below existing folders", brief(str(root)), "choose another name") from error
    return missing


def _recover(root: Path) -> None:
    private = root / _PRIVATE
    if not private.is_dir():
        return
    if os.path.lexists(private / _COMMIT):
        _roll_forward(root)
    for staging in private.glob(f"{_STAGING}*"):
        # Its writer holds a lock on it, which ends with the process; a lock that we get shows that it has ended.
        abandoned = _lock(staging, wait=False)
        if abandoned is not None:
            shutil.rmtree(staging, ignore_errors=True)
            os.close(abandoned)


def _prepare(root: Path, staging: Path, remove_previous: bool) -> None:
    """Refuse what could not be moved into place, write the new manifest and bring everything to the disk."""
    names = _listed(staging / _FILES)
    previous = _read_manifest(root / _PRIVATE / _MANIFEST)
    for name in names:
        target = _target(root, name)
        if target.is_dir() and not target.is_symlink():
            raise invalid(str(target), "a file", "a folder", "remove it, or write under another name")
    # Without removal the earlier files stay on the list, for a later call that removes them.
    kept = names if remove_previous else names | previous
    text = json.dumps({"files": sorted(kept)}, indent=1)
    (staging / _MANIFEST).write_bytes(text.encode())
    _flush(staging / _MANIFEST)
    for name in names:
        _flush(staging / _FILES / name)
    for folder, _, _ in os.walk(staging):
        _flush(Path(folder))


def _roll_forward(root: Path) -> None:
    """Move the committed set into place.  Every step may be repeated: a kill in between is followed by a rerun."""
    private, commit = root / _PRIVATE, root / _PRIVATE / _COMMIT
    if commit.is_symlink():
        raise invalid(str(commit), "a folder", "a symbolic link", "remove it")
    if (commit / _MANIFEST).exists():
        kept = _read_manifest(commit / _MANIFEST)
        names = _listed(commit / _FILES)
        targets = {name: _target(root, name) for name in sorted(names)}
        for name in sorted(_read_manifest(private / _MANIFEST) - kept):
            _remove(root, name)
        for name, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(commit / _FILES / name, target)
        for folder in {folder for name in names for folder in _folders(root, name)}:
            _flush(folder)
        # From here on the commit is done: without its manifest the folder is only waste.
        os.replace(commit / _MANIFEST, private / _MANIFEST)
        _flush(private)
    shutil.rmtree(commit)


def _remove(root: Path, name: str) -> None:
    """Delete a file of an earlier set and the folders that become empty, unless it lies behind a symbolic link."""
    with suppress(ValueError, OSError):
        _target(root, name).unlink(missing_ok=True)
        for folder in _folders(root, name)[:-1]:  # until one is not empty
            with suppress(FileNotFoundError):  # it went before a kill
                folder.rmdir()


def _target(root: Path, name: str) -> Path:
    """Return ``root / name``, refusing names whose folders are symbolic links or files."""
    for folder in _folders(root, name)[:-1]:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            fix = "remove it, or write under another name"
            raise invalid(str(folder), "a folder", "a file or a symbolic link", fix)
    return root / name


def _folders(root: Path, name: str) -> list[Path]:
    """Return the folders that ``root / name`` lies in, innermost first and ``root`` last."""
    return list((root / name).parents[: len(PurePosixPath(name).parts)])


def _listed(files: Path) -> set[str]:
    """Return the relative names of all regular files below ``files``; nothing else may be there but folders."""
    names: set[str] = set()
    if files.is_symlink():
        raise invalid(str(files), "a folder", "a symbolic link", "remove it")
    for folder, subfolders, members in os.walk(files):
        for path in (Path(folder, name) for name in (*subfolders, *members)):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise invalid(str(path), "a regular file or a folder", "something else", "write its content instead")
        names.update(Path(folder, name).relative_to(files).as_posix() for name in members)
    return _checked(names, files)


def _read_manifest(path: Path) -> set[str]:
    """Return the names listed in a manifest, none if it does not exist."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return set()
    except (ValueError, RecursionError, OSError) as error:
        raise invalid(str(path), "a readable list of files", brief(error), "remove it") from error
    names = content.get("files") if isinstance(content, dict) else None
    if not isinstance(names, list):
        raise invalid(str(path), "a list of files", content, "remove it; the files it should list stay")
    return _checked(names, path)


def _checked(names: Iterable[object], source: Path) -> set[str]:
    """Return ``names`` after checking that each is the normal form of a path strictly below the result folder."""
    valid = set()
    for name in names:
        plain = isinstance(name, str) and "\0" not in name and name == PurePosixPath(name).as_posix()
        if not (plain and isinstance(name, str) and _is_below(name)):
            raise invalid(f"every name in {source}", "a relative path below its folder", brief(name), "remove it")
        valid.add(name)
    return valid


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    if os.name == "nt" and ("\\" in name or ":" in name):
        return False
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.parts[0] != _PRIVATE


def _flush(path: Path) -> None:
    """Bring a file, or the list of names in a folder, to the disk."""
    if os.name == "nt":  # pragma: no cover  (folders cannot be opened there, and files only for writing)
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """Return a descriptor that holds a lock on ``folder`` until it is closed; None if held elsewhere or no locks."""
    if sys.platform == "win32":  # pragma: no cover
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # also file systems without locks: then nothing is taken for abandoned
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    descriptor = _lock(root, wait=True)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
