"""Starts of the app, which answers once Streamlit listens."""

import socket
import subprocess
import time
import urllib.request


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def wait_for_app(process: subprocess.Popen, port: int) -> str:
    """Return the address of the app once it answers; fail when its process has ended."""
    address = f"http://localhost:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health")
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    return address
