#!/usr/bin/env python3
"""killed.py BRUNT [KILLS [JOBS]]: kills brunt with SIGKILL at random instants of local runs. Nothing may be left: no process, no port that somebody
listens on, and no folder that does not say that brunt made it.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SERVER = """
import http.server, os, sys, threading
class Here(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200); self.send_header("content-length", "2"); self.end_headers(); self.wfile.write(b"{}")
    do_POST = do_GET
    def log_message(self, *_): pass
if len(sys.argv) > 1:  # A child in a session of its own, as daemons are.
    import subprocess
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Here).serve_forever()
"""
SYSTEM = """
version: 1
name: shop
services:
  back: {command: [%(python)s, server.py, daemon], readinessProbe: {httpGet: {path: /}, periodSeconds: 1}}
  front:
    command: [%(python)s, server.py]
    replicas: 2
    calls: {back: {env: BACK_URL}}
    readinessProbe: {httpGet: {path: /}, periodSeconds: 1}
    terminationGracePeriod: 1s
"""
SCENARIO = """
version: 1
name: killed
system: system.yaml
load:
  - {name: a, open: {rate: 50/s}, for: 3s, get: front/}
faults:
  - {at: 300ms, every: 400ms, kill: {service: front}}
  - {at: 500ms, for: 1s, stop: {service: back}}
expect:
  - availability: {of: a, atLeast: 1%%}
"""


def processes_of(folder):
    """Processes that work in the folder or have it in their environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            there = os.readlink(f"/proc/{pid}/cwd").startswith(folder)
            with open(f"/proc/{pid}/environ", "rb") as environ:
                there = there or folder.encode() in environ.read()
            with open(f"/proc/{pid}/stat") as stat:
                zombie = stat.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            continue
        if there and not zombie:
            found.append(int(pid))
    return found


def ports_of(pids):
    """Ports on which these processes listen."""
    inodes = set()
    for pid in pids:
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                link = os.readlink(f"/proc/{pid}/fd/{fd}")
                inodes |= {link[8:-1]} if link.startswith("socket:[") else set()
        except OSError:
            pass
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes}


def listens(port):
    with open("/proc/net/tcp") as table:
        return any(int(row.split()[1].split(":")[1], 16) == port and row.split()[3] == "0A" for row in table.readlines()[1:])


def unmarked(folder):
    """Folders of runs without a note that brunt made them."""
    runs, found = os.path.join(folder, ".brunt", "runs"), []
    for name in os.listdir(runs) if os.path.isdir(runs) else []:
        try:
            with open(os.path.join(runs, name, ".made-by-brunt")) as note:
                if "\n.\n" not in note.read():
                    found.append(name)
        except OSError:
            found.append(name)
    return found


def kill_once(brunt, number, wrong):
    folder = os.path.realpath(tempfile.mkdtemp(prefix="brunt-killed-"))
    for name, text in [("server.py", SERVER), ("system.yaml", SYSTEM % {"python": sys.executable}), ("scenario.yaml", SCENARIO % {})]:
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    command = random.choice([["run", "scenario.yaml", "--retries", "0"], ["run", "scenario.yaml"], ["up", "system.yaml", "--free-ports"]])
    child = subprocess.Popen([brunt, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.uniform(0, 4.5))
    ports = ports_of(processes_of(folder))
    ended = child.poll() is not None
    child.send_signal(signal.SIGKILL)
    child.wait()
    deadline = time.monotonic() + 10
    while (left := processes_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    held = [port for port in ports if listens(port)] if left else []
    folders = unmarked(folder)
    if left or held or folders:
        wrong.append(f"kill {number} ({' '.join(command)}): processes {left}, ports {held}, unmarked folders {folders}")
        print(wrong[-1], flush=True)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    return not ended


def main():
    brunt, kills, jobs = os.path.abspath(sys.argv[1]), int((sys.argv[2:] or ["1000"])[0]), int((sys.argv[3:] or ["4"])[0])
    wrong, numbers, running, lock = [], iter(range(kills)), [0], threading.Lock()

    def work():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            was_running = kill_once(brunt, number, wrong)
            with lock:
                running[0] += was_running
    threads = [threading.Thread(target=work) for _ in range(jobs)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(f"{kills} kills, {running[0]} of them of a run that had not ended; {len(wrong)} left something behind")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
