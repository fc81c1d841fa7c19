"""Firefox without a driver: it speaks WebDriver BiDi itself, one JSON message after another."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import threading

SYSTEM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)

#: Firefox tells on which port it listens.
_ADDRESS = re.compile(r"ws://[\w.]+:\d+")

#: Every host but this machine is cut off: what goes there meets a closed door.
_PREFERENCES = """\
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.no_proxies_on", "127.0.0.1");
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


class Firefox:
    """One window; ``with Firefox() as firefox: firefox.go(address); firefox.ask("document.title")``."""

    def __enter__(self):
        import websocket

        self._profile = tempfile.TemporaryDirectory()
        with open(f"{self._profile.name}/user.js", "w") as preferences:
            preferences.write(_PREFERENCES)
        self._process = subprocess.Popen([SYSTEM, "--headless", "--remote-debugging-port=0", "--no-remote", "--profile",
                                          self._profile.name], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                         text=True)
        said = next(filter(None, (_ADDRESS.search(line) for line in self._process.stderr)))
        threading.Thread(target=self._process.stderr.read, daemon=True).start()
        self._socket = websocket.create_connection(f"{said[0]}/session", timeout=120, suppress_origin=True)
        self._count = 0
        self._send("session.new", capabilities={})
        self._window = self._send("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def __exit__(self, *error):
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)
        self._profile.cleanup()

    def _send(self, method, **parameters):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._count:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def size(self, width, height):
        """Set the size of the page."""
        self._send("browsingContext.setViewport", context=self._window, viewport={"width": width, "height": height})

    def go(self, address):
        """Open a page and wait until it is loaded."""
        self._send("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def ask(self, code):
        """Evaluate JavaScript (awaiting a promise), with a string, a number or a boolean as the result."""
        answer = self._send("script.evaluate", expression=code, awaitPromise=True, target={"context": self._window})
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def picture(self, path):
        """Store what the page looks like."""
        data = self._send("browsingContext.captureScreenshot", context=self._window)["data"]
        with open(path, "wb") as picture:
            picture.write(base64.b64decode(data))
