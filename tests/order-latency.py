#!/usr/bin/env python3
"""order-latency.py HOST:PORT RATE SECONDS: orders of the coffee chain on a schedule that slow replies do not delay.

Latency counts from the time when the request was due. Every tenth order is polled until it is Completed; that time counts
from the same moment.
"""
import asyncio
import json
import sys
import time


class Connections:
    """HTTP/1.1 with keep-alive connections."""

    def __init__(self, address):
        self.host, port = address.split(":")
        self.port = int(port)
        self.idle = []

    async def ask(self, method, path, body=b""):
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
        head = f"{method} {path} HTTP/1.1\r\nhost: {self.host}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
        answer = await reader.readexactly(length)
        self.idle.append((reader, writer))
        return int(lines[0].split()[1]), json.loads(answer)


async def order(there, due, follow, answered, completed):
    body = json.dumps({"productName": "Americano", "qty": 1}).encode()
    status, placed = await there.ask("POST", "/orders", body)
    answered.append((time.monotonic() - due) * 1000 if status == 201 else float("inf"))
    while follow and status == 201:
        _, now = await there.ask("GET", f"/orders/{placed['id']}")
        if now["status"] == "Completed":
            completed.append((time.monotonic() - due) * 1000)
            return
        await asyncio.sleep(0.002)


def show(what, times):
    times.sort()
    at = {f"p{share:g}": times[min(len(times) - 1, int(len(times) * share / 100))] for share in (50, 90, 99)}
    print(f"  {what}: {len(times)}, " + ", ".join(f"{name} {value:.1f} ms" for name, value in at.items()), f"max {times[-1]:.1f} ms")


async def main(address, rate, seconds):
    there = Connections(address)
    answered, completed, late, tasks = [], [], [], []
    start = time.monotonic() + 0.1
    for number in range(rate * seconds):
        due = start + number / rate
        await asyncio.sleep(max(0, due - time.monotonic()))
        late.append((time.monotonic() - due) * 1000)
        tasks.append(asyncio.create_task(order(there, due, number % 10 == 0, answered, completed)))
    done = asyncio.gather(*tasks)
    await asyncio.wait_for(done, 30)
    show("answered", answered)
    show("Completed", completed)
    show("sent late by", late)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
