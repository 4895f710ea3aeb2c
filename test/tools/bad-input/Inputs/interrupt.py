"""interrupt.py OUTPUT COMMAND...: ends the command, which writes OUTPUT, by a signal, or two, each time a little later, until
it is done before that; fails where something else than OUTPUT is left in its folder."""

import os
import signal
import subprocess
import sys
import time

output = sys.argv[1]
folder, name = os.path.split(output)
for step in range(400):
    process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.005 * step)
    for _ in range(1 + step % 2):
        process.send_signal((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[step % 3])
    done = process.wait() == 0
    left = set(os.listdir(folder)) - {name}
    if left:
        sys.exit(f"left after {5 * step} ms: {left}")
    if done:
        sys.exit("the command was done before the first signal" if step == 0 else 0)
sys.exit("the command takes too long for this test")
