"""Kernels from a nursery, for jupyter_client: registered as its kernel provisioner ``minsheng-fork``."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from minsheng.nursery import LAUNCHER

_PATIENCE = 60.0
"""Seconds to wait for a nursery to warm up."""

_SOON = 4
"""Milliseconds between two tries to reach a kernel."""

_DYING = 1000
"""Milliseconds that a killed kernel may take to end before it is looked at from time to time."""


class Forked:
    """A forked kernel, as far as jupyter_client asks of a process: whether it lives, and signals."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)
        self._ended = False

    def poll(self) -> int | None:
        """None while it lives. How it ended is known to its parent only: 1 stands for any end."""
        if not self._ended and self.ends_within(0):
            self._ended = True
            os.close(self._handle)
        return 1 if self._ended else None

    def ends_within(self, patience: int | None) -> bool:
        """Whether it ends within so many milliseconds (`select.select` knows no handle above 1023)."""
        look = select.poll()
        look.register(self._handle, select.POLLIN)
        return bool(look.poll(patience))

    def wait(self) -> int:
        """Wait for its end."""
        if not self._ended:
            self.ends_within(None)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing if it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)


def _ask(address: str, request: dict[str, Any]) -> int:
    """Ask the nursery at a socket for a kernel; returns its process number."""
    until = time.monotonic() + _PATIENCE
    with socket.socket(socket.AF_UNIX) as nursery:
        nursery.settimeout(_PATIENCE)
        while True:
            try:
                nursery.connect(address)
                break
            except (FileNotFoundError, ConnectionRefusedError):  # it has not come so far yet
                if time.monotonic() > until:
                    raise
                time.sleep(0.005)
        nursery.sendall(json.dumps(request).encode() + b"\n")
        answer = nursery.makefile("rb").readline()
    if not answer:
        raise ConnectionError("the nursery of kernels is gone")
    return int(answer)


class PromptClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that goes on as soon as its kernel has answered.

    jupyter_client's own then listens for another fifth of a second to what the kernel may still say; nbclient passes
    over what does not belong to its cells anyway.
    """

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Open the channels; a kernel that does not listen yet is asked again soon (not after a tenth of a second)."""
        self.context.setsockopt(zmq.RECONNECT_IVL, _SOON)
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered on both channels.

        Raises
        ------
        RuntimeError
            If it dies, or has not answered in `timeout` seconds.
        """
        until = time.monotonic() + (timeout or _PATIENCE)
        while time.monotonic() < until:
            self.kernel_info()
            try:
                reply = await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=1)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("the kernel died before it answered") from None
            else:
                self._handle_kernel_info_reply(reply)
                return
        raise RuntimeError("the kernel did not answer")


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Gives jupyter_client a kernel from a nursery (`minsheng.nursery.serve`)."""

    process: Forked | None = None
    address = Unicode(help="Socket of the nursery.").tag(config=True)

    async def launch_kernel(self, cmd: Sequence[str], **kwargs: Any) -> Any:
        """Fork a kernel with the arguments of `cmd`."""
        where, env = kwargs.get("cwd") or os.getcwd(), dict(kwargs["env"])
        self.pid = _ask(self.address, {"argv": list(cmd[len(LAUNCHER) :]), "cwd": where, "env": env})
        self.process, self.pgid = Forked(self.pid), self.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait for its end, which takes no time; jupyter_client's next look would be late."""
        await super().kill(restart=restart)
        if self.process:
            self.process.ends_within(_DYING)

    async def wait(self) -> int | None:
        """Wait for the kernel's end, without pausing between two looks."""
        code = self.process.wait() if self.process else 0
        self.process = None
        return code
