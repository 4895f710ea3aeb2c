"""One page in a headless Chromium that has no network, through the DevTools protocol over a pipe.

    with Chromium("chromium", "page.html") as page:
        page.evaluate("document.title")

The protocol: https://chromedevtools.github.io/devtools-protocol. Messages are JSON, each ended by
a zero byte; the browser reads them from file descriptor 3 and answers on 4.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import subprocess
import tempfile
import time

SECONDS = 60  # that an answer may take; a loaded machine starts the browser in ten


def above_standard(descriptor):
    """The same pipe under a number that does not clash with 3 and 4."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Chromium:
    """The page at a path, loaded. `complaints` are the requests beside it and what its console said."""

    def __init__(self, program, path, width=1200, height=900):
        self.address = pathlib.Path(path).resolve().as_uri()
        self.complaints, self.events, self.buffer, self.number = [], [], b"", 0
        self.session = None
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        read, self.write_end = map(above_standard, os.pipe())
        self.read_end, write = map(above_standard, os.pipe())

        def connect():
            os.dup2(read, 3)
            os.dup2(write, 4)

        # No sandbox: it needs rights that containers and root lack, and the page is our own.
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--disable-component-update", "--no-first-run",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile.name}", "about:blank"],
            preexec_fn=connect, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        try:
            self.load(width, height)
        except BaseException:
            self.close()
            raise

    def load(self, width, height):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(domain + ".enable")
        self.send("Network.emulateNetworkConditions", offline=True, latency=0,
                  downloadThroughput=-1, uploadThroughput=-1)
        self.resize(width, height)
        self.prefer("light")
        self.send("Page.navigate", url=self.address)
        self.wait_for("Page.loadEventFired")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        self.profile.cleanup()

    def receive(self, end):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read_end], [], [], max(0, end - time.monotonic()))
            some = os.read(self.read_end, 1 << 20) if ready else b""
            if not some:
                raise RuntimeError("Chromium ended" if ready else "Chromium does not answer")
            self.buffer += some
        text, _, self.buffer = self.buffer.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message["method"])
            self.judge(message["method"], message["params"])
        return message

    def judge(self, event, about):
        """Notes what a page that is well and alone does not do."""
        if event == "Network.requestWillBeSent" and about["request"]["url"] != self.address:
            self.complaints.append("request: " + about["request"]["url"])
        elif event == "Network.loadingFailed":
            self.complaints.append("not loaded: " + about["errorText"])
        elif event == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.complaints.append("exception: " + details.get("exception", details).get(
                "description", details["text"]))
        elif event == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.complaints.append("console: " + " ".join(
                str(a.get("value", a.get("description"))) for a in about["args"]))
        elif event == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.complaints.append("log: " + about["entry"]["text"])

    def send(self, method, **parameters):
        """The answer to a command."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + SECONDS
        while True:
            answer = self.receive(end)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def wait_for(self, event):
        end = time.monotonic() + SECONDS
        while event not in self.events:
            self.receive(end)

    def evaluate(self, expression):
        """The value of JavaScript, of a promise when it is kept."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["result"].get("description", "exception"))
        return answer["result"].get("value")

    def settle(self):
        """Waits until what was asked for is drawn: two frames, the first of which runs observers."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame("
                      "() => setTimeout(done))))")

    def resize(self, width, height, ratio=1):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=ratio, mobile=False)

    def prefer(self, scheme):
        """Light or dark, as the reader's system says."""
        self.send("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def mouse(self, kind, x, y):
        button = "none" if kind == "mouseMoved" else "left"
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)

    def middle(self, element):
        """Of what a JavaScript expression names, scrolled into view."""
        return self.evaluate("(e => { e.scrollIntoView({block: 'center', inline: 'center'});"
                             "const b = e.getBoundingClientRect();"
                             f"return [b.x + b.width / 2, b.y + b.height / 2]; }})({element})")

    def move_to(self, element):
        self.mouse("mouseMoved", *self.middle(element))

    def click(self, element):
        place = self.middle(element)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.mouse(kind, *place)
        self.settle()

    def press(self, key):
        codes = {"ArrowRight": 39, "ArrowDown": 40, "Escape": 27}
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=codes[key])
        self.settle()

    def screenshot(self, path):
        data = self.send("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
