"""Writes a line to a command and waits for its answer before writing the next one.

    converse.py COMMAND... < LINES

Prints the answers. A command that waits for more lines first never gets them: it is stopped
after a minute, and the test fails.
"""

import subprocess
import sys
import threading


def main(*command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    stop = threading.Timer(60, process.kill)
    stop.start()
    for line in sys.stdin:
        process.stdin.write(line)
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            sys.exit(f"no answer to {line!r}")
        print(answer, end="")
    process.stdin.close()
    rest = process.stdout.read()
    code = process.wait()
    stop.cancel()
    if rest or code:
        sys.exit(f"exit code {code}, after the last line {rest!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
