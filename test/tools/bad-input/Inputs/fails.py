"""Runs a command that must refuse its input.

    fails.py [--says REGEX]... [--leaves-empty FOLDER] [--file-limit BYTES] -- COMMAND...

Passes when the command ends with exit code 1, prints exactly one line on stderr and nothing
on stdout, and that line matches every REGEX. --leaves-empty: the folder is empty afterwards.
--file-limit: no file may grow beyond so many bytes, as on a full disk. --memory-limit: no more
than so many bytes of address space.
"""

import argparse
import os
import re
import resource
import signal
import subprocess
import sys


def limitFiles(size):
    # Without the signal the write itself fails.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def limitMemory(size):
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--says", action="append", default=[])
    parser.add_argument("--leaves-empty")
    parser.add_argument("--file-limit", type=int)
    parser.add_argument("--memory-limit", type=int)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    limit, memory = options.file_limit, options.memory_limit

    def prepare():
        if limit is not None:
            limitFiles(limit)
        if memory is not None:
            limitMemory(memory)

    done = subprocess.run(options.command, capture_output=True, text=True, timeout=120,
                          restore_signals=limit is None,
                          preexec_fn=prepare)
    problems = []
    if done.returncode != 1:
        problems.append(f"exit code {done.returncode}, expected 1")
    if len(done.stderr.splitlines()) != 1:
        problems.append("expected exactly one line on stderr")
    if done.stdout:
        problems.append("expected nothing on stdout")
    problems += [f"the message does not say {pattern!r}" for pattern in options.says
                 if not re.search(pattern, done.stderr)]
    if options.leaves_empty and os.listdir(options.leaves_empty):
        problems.append(f"left behind: {os.listdir(options.leaves_empty)}")
    print("stdout:", done.stdout, "\nstderr:", done.stderr)
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
