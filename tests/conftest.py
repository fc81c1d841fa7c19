"""Fixtures that every test may use: sizes all different, nothing square, symmetric or linear."""

import functools
import http.server
import os
import threading

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

matplotlib.use("Agg")

# What a workflow says of its repository would change what the book says of its own.
for name in [name for name in os.environ if name.startswith(("GITHUB_", "CI_"))]:
    del os.environ[name]

# The same cases at every run, so that a red test means a changed line; `make fuzz` looks for new ones.
settings.register_profile("same", max_examples=200, derandomize=True, deadline=None)
settings.register_profile("search", max_examples=5000, derandomize=False, deadline=None, print_blob=True)
settings.load_profile("same")


@pytest.fixture
def random():
    return np.random.default_rng(20221123)


@pytest.fixture(scope="session")
def serve():
    """Serve folders on this machine: serve(folder) is the address."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said):
            pass

    servers = []

    def start(folder):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
