"""Kills a training at random moments and has it go on; its end has the bits of one that nobody killed.

    kill_training.py TIMES SEED OUTPUT COMMAND...

COMMAND trains into OUTPUT; once with nobody in the way, then with `--resume` after each kill.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time


def weights(folder):
    with open(os.path.join(folder, "model.safetensors"), "rb") as file:
        return file.read()


def main():
    times, seed, output = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    command, draw = sys.argv[4:], random.Random(seed)
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    duration = time.monotonic() - begin
    wanted = weights(output)
    shutil.rmtree(output)
    state = os.path.join(output + ".training", "state.safetensors")
    kills = 0
    while True:
        resume = ["--resume"] if os.path.exists(state) else []
        process = subprocess.Popen(command + resume, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        try:
            # Most of a short training is the compiler's.
            wait = duration * draw.uniform(0.5, 1.0) if kills < times else None
            _, errors = process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        if process.returncode:
            sys.exit(f"after {kills} kills: {errors.decode()}")
        if weights(output) != wanted:
            sys.exit(f"other bits after {kills} kills")
        if kills == times:
            break
        # On a machine less busy than at first it was too quick to be killed.
        shutil.rmtree(output)
        duration *= 0.8
    if os.path.exists(output + ".training"):
        sys.exit("what it was made of was left behind")
    print(f"{kills} kills, the same bits")


if __name__ == "__main__":
    main()
