#!/usr/bin/env python3
"""count.py PORT FILE: forwards connections to a `kubectl proxy` on PORT, prints its own port, and writes a line to FILE for
each request: seconds, method, path."""
import asyncio, re, sys, time

# A request may directly follow the body of another one, which is JSON and cannot contain such a line.
REQUEST = re.compile(rb"(GET|POST|PUT|PATCH|DELETE) (/\S*) HTTP/1\.1\r\n")


async def carry(reader, writer, note):
    # The first line of a request may arrive in two pieces.
    tail = b""
    try:
        while data := await reader.read(1 << 16):
            if note:
                tail = note(tail + data)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(port, path):
    log = open(path, "w", buffering=1)

    def note(seen):
        end = 0
        for one in REQUEST.finditer(seen):
            print(f"{time.monotonic():.4f} {one[1].decode()} {one[2].decode()}", file=log)
            end = one.end()
        return seen[max(end, len(seen) - 4096):]

    async def accept(near_in, near_out):
        far_in, far_out = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(near_in, far_out, note), carry(far_in, near_out, None))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
