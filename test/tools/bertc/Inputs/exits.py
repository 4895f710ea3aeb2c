"""Runs a command that must end with an exit code other than 0.

    exits.py CODE REGEX COMMAND...

Passes when the command ends with CODE and prints exactly one line on stderr, which matches
REGEX. Its stdout is passed on.
"""

import re
import subprocess
import sys


def main(code, pattern, *command):
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120)
    problems = []
    if done.returncode != int(code):
        problems.append(f"exit code {done.returncode}, expected {code}")
    if len(done.stderr.splitlines()) != 1:
        problems.append("expected exactly one line on stderr")
    if not re.search(pattern, done.stderr):
        problems.append(f"the message does not say {pattern!r}")
    if problems:
        sys.exit("\n".join([f"stderr: {done.stderr}", *problems]))


if __name__ == "__main__":
    main(*sys.argv[1:])
