"""Stops a command by a signal while it has files in a folder, and checks that none is left.

    stop.py FOLDER COMMAND...

The folder is empty at first, and TMPDIR of the command. Each of SIGINT and SIGTERM is tried, when
the first file is there and when a few are.
"""

import os
import signal
import subprocess
import sys
import time

folder, command = sys.argv[1], sys.argv[2:]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
for number in (signal.SIGINT, signal.SIGTERM):
    for files in (1, 2):
        running = subprocess.Popen(command, env=dict(os.environ, TMPDIR=folder),
                                   stdout=subprocess.DEVNULL)
        while len(os.listdir(folder)) < files:
            assert running.poll() is None, f"ended before it had {files} files"
            time.sleep(0.001)
        time.sleep(0.1)  # until the command knows of its file itself
        running.send_signal(number)
        assert running.wait() != 0, f"{number.name} did not stop it"
        assert not os.listdir(folder), f"{number.name} leaves {os.listdir(folder)}"
