"""Runs handed to a Dask cluster as if its workers were threads here. The only module that knows Dask.

Each worker is told once which tables of one's own there are: it keeps them in a folder named by their hash, and a warm parent
for its kernels. A run goes out as its specification and its notebook, and comes back as its result and the executed notebook;
whatever else there is of a report is made here. A worker that is lost takes no report with it: Dask hands what it was running
to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from minsheng.faults import Refused
from minsheng.runs import RunResult, RunSpec

_PATIENCE = 20
"""Seconds to wait for a scheduler."""

_PLUGIN = "minsheng"

Run = Callable[[RunSpec, Path], RunResult]


@dataclass(frozen=True)
class Parcel:
    """Tables of one's own as they are sent: a folder or a workbook, by the names and bytes of its files."""

    name: str = ""
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def key(self) -> str:
        """Hash of all of it."""
        whole = sha256(self.name.encode())
        for name, content in self.files:
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
        return whole.hexdigest()

    def unpack(self, folder: Path) -> str:
        """Write it under its hash, once; returns where the tables are, empty where there are none."""
        if not self.name:
            return ""
        own = folder / self.key
        if not own.exists():
            (part := own.with_suffix(".part")).mkdir(parents=True)
            for name, content in self.files:
                (part / name).write_bytes(content)
            part.rename(own)
        return str(own / self.files[0][0] if Path(self.name).suffix else own)


def packed(tables: str) -> Parcel:
    """Tables of one's own, to be sent.

    Examples
    --------
    >>> packed("").files
    ()
    """
    if not tables:
        return Parcel()
    path = Path(tables)
    files = [path] if path.is_file() else sorted(one for one in path.iterdir() if one.is_file())
    return Parcel(path.name if path.is_file() else "tables", tuple((one.name, one.read_bytes()) for one in files))


class _Worker:
    """What a worker has at hand for all its runs."""

    tables = ""

    @classmethod
    def begin(cls, parcel: Parcel, folder: Path) -> ExitStack:
        """Unpack the tables and warm up; what is returned ends it."""
        from minsheng.imports import light_imports
        from minsheng.nursery import kernels

        with light_imports():
            import papermill  # noqa: F401  (once, before any thread needs it)
        cls.tables = parcel.unpack(folder)
        stack = ExitStack()
        stack.enter_context(kernels(cls.tables))
        return stack


def _there(run: Run, spec: RunSpec, notebook: bytes) -> tuple[float, str, bytes]:
    """A run on a worker: its seconds, its reason, and the executed notebook."""
    with TemporaryDirectory(prefix="ms-") as name:
        folder = Path(name)
        (source := folder / "notebook.ipynb").write_bytes(notebook)
        tables = _Worker.tables if spec.tables else ""
        result = run(replace(spec, topic=replace(spec.topic, path=source), tables=tables), folder)
        executed = result.notebook.read_bytes() if result.notebook.exists() else b""
    return result.seconds, result.reason, executed


def _plugin(parcel: Parcel) -> Any:
    from distributed import WorkerPlugin

    class Runs(WorkerPlugin):  # type: ignore[misc]
        """Has every worker, also one that comes later, ready for runs."""

        def setup(self, worker: Any) -> None:
            self.ends = _Worker.begin(parcel, Path(worker.local_directory))

        def teardown(self, worker: Any) -> None:
            self.ends.close()

    return Runs()


class Cluster(Executor):
    """Workers of a Dask cluster as an executor of runs.

    Parameters
    ----------
    client : distributed.Client
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, run: Run, spec: RunSpec, folder: Path) -> Future[RunResult]:  # type: ignore[override]
        """Have a notebook run on some worker; its executed notebook comes into `folder`."""
        future: Future[RunResult] = Future()
        there = self._client.submit(_there, run, spec, spec.topic.path.read_bytes(), pure=False)
        future.add_done_callback(lambda one: there.cancel() if one.cancelled() else None)
        there.add_done_callback(lambda done: _came(done, future, spec, folder))
        return future


def _came(done: Any, future: Future[RunResult], spec: RunSpec, folder: Path) -> None:
    """Put what a worker made where a run of this machine would have; a run that no worker survives is a failed one."""
    if not future.set_running_or_notify_cancel():
        return
    out = folder / f"{spec.topic.name}.ipynb"
    try:
        seconds, reason, executed = done.result()
        if executed:
            out.write_bytes(executed)
    except BaseException as error:  # whatever becomes of a run is its result
        seconds, reason = 0.0, f"{type(error).__name__}: {error}".splitlines()[0]
    future.set_result(RunResult(spec, out, seconds, reason))


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise Refused("cluster.absent") from None
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:  # a time that ran out is an OSError
        raise Refused("cluster.scheduler", address=address, reason=str(error) or type(error).__name__) from None


def _refuse_others(client: Any, address: str) -> None:
    """Refuse workers that would make other reports than this machine: of another version, or with another font."""
    from minsheng.keys import program

    if not (found := client.run(program)):
        raise Refused("cluster.no_workers", address=address)
    other = sorted(worker for worker, own in found.items() if own != program())
    if other:
        raise Refused("cluster.other_workers", workers=", ".join(other))


@contextmanager
def cluster(address: str, tables: str = "") -> Iterator[Cluster]:
    """Workers of a Dask cluster, ready for runs.

    Parameters
    ----------
    address : str
        Of its scheduler, as ``tcp://host:8786``.
    tables : str
        Folder or workbook of tables of one's own, sent to each worker once.

    Yields
    ------
    Cluster
        An executor for `minsheng.making.make`.

    Raises
    ------
    Refused
        If Dask is not installed, there is no scheduler or no worker, or a worker has another version of this package.
    """
    with _client(address) as client:
        _refuse_others(client, address)
        client.register_plugin(_plugin(packed(tables)), name=_PLUGIN)
        try:
            yield Cluster(client)
        finally:
            client.unregister_worker_plugin(_PLUGIN)
