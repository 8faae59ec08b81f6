"""The small parent of a command that is measured: `parent.py REPORT COMMAND…` writes what it used into the report.

Linux counts the memory of whoever starts a program as that program's own, and a benchmark that has read a large
report is not small.
"""

import json
import os
import sys
import time


def main():
    report, command = sys.argv[1], sys.argv[2:]
    began, started = time.time(), time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    used = {"began": began, "ended": time.time(), "seconds": time.perf_counter() - started,
            "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}
    with open(report, "w", encoding="utf-8") as file:
        json.dump(used, file)
    sys.exit(os.waitstatus_to_exitcode(status) & 255)


if __name__ == "__main__":
    main()
