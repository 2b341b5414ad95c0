#!/usr/bin/env python3
"""generated.py BRUNT [COUNT [SEED]]: files made at random from brunt's own schemas, and from the grammars of urls.txt, HAR,
OpenAPI, .proto and the edge proxy's control protocol. Each command must end in 5 s, in 200 MiB, with an exit code of the list.

Nothing is sent to anybody but 127.0.0.1, where nothing listens. Inputs that break a rule are kept, with their command.
"""
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SECONDS, MEBIBYTES, CODES = 5, 200, {0, 1, 2, 3, 4, 5}
NOBODY = "127.0.0.1:9"
NUMBERS = [0, 1, 2, 7, -1, 0.5, 99, 65535, 65536, 2**31, 2**32, 2**53, 2**63, 2**64, 1e18, 1e308, -1e308, 1e-320]
UNITS = ["5s", "10s", "250ms", "1m30s", "0s", "9223372036s", "18446744073709551615s", "99999999999999999999h", "10/s", "0/s", "1000000000/s", "30/m",
         "99.9%", "0%", "100%", "101%", "50ms..250ms", "1s..0s", "auto", "all", "one", "50%", "200m", "0.5"]
NAMES = ["order", "product", "gateway", "orders", "a", "b", "front", "stock", "id", "token", "uuid"]
TEXTS = ["", " ", "a" * 100, "é", "\u0000", "\u001b[2J", "::error::x", "${id}", "${", "$${x}", "${random(1,2)}", "${secret:env:HOME}", "${uuid}",
         "order/orders", "gateway/orders/${id}", "/", "//", "..", "../../etc/passwd", "/dev/zero", "/proc/self/environ", "http://127.0.0.1:9/x",
         "http://[::1]:9", "$.id", "$..*", "$[?(@.a==1)]", "$.[", "(a+)+$", "[", "y", "NO", "01234", "0x7f", "1e400", ".inf", "\ufeff", "\r\n", "x\r\nX: 1",
         "2026-01-01T00:00:00Z", "POST", "GET", "p99 < 1s", "errors < 1%", "coffee", "system.yaml", "100000x" * 20]


class Maker:
    """Values that fit a schema, mostly."""

    def __init__(self, schema, seed):
        self.root, self.random = schema, random.Random(seed)
        self.left = 400

    def odd(self):
        r = self.random
        return r.choice([None, True, r.choice(NUMBERS), r.choice(TEXTS), [], {}, [[[[[[]]]]]], {"a": {"b": {}}}, "x" * r.choice([10, 70000])])

    def value(self, schema, depth=0):
        r = self.random
        self.left -= 1
        if schema is True or schema == {}:
            return self.odd() if r.random() < 0.5 else r.choice(TEXTS)
        if not isinstance(schema, dict) or depth > 14 or self.left < 0 or r.random() < 0.015:
            return self.odd()
        if "$ref" in schema:
            target = self.root
            for part in schema["$ref"].lstrip("#/").split("/"):
                target = target[part]
            return self.value(target, depth + 1)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self.value(r.choice(schema[key]), depth + 1)
        if "allOf" in schema:
            return self.value(schema["allOf"][0], depth + 1)
        if "enum" in schema:
            return r.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = r.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return [self.value(schema.get("items", True), depth + 1) for _ in range(r.choice([0, 1, 1, 1, 2, 3]))]
        if kind in ("integer", "number"):
            return r.choice(NUMBERS) if r.random() < 0.3 else r.randint(0, 20)
        if kind == "boolean":
            return r.random() < 0.5
        return None if kind == "null" else self.text()

    def text(self):
        return self.random.choice(self.random.choice([TEXTS, UNITS, UNITS, NAMES, NAMES]))

    def object(self, schema, depth):
        r, made = self.random, {}
        for name, field in schema.get("properties", {}).items():
            needed = name in schema.get("required", [])
            if r.random() < (0.97 if needed else 0.3):
                made[name] = 1 if name == "version" else self.value(field, depth + 1)
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            for _ in range(r.choice([0, 1, 1, 2])):
                made[r.choice(NAMES)] = self.value(more, depth + 1)
        if r.random() < 0.02:
            made[self.text()] = self.odd()
        return made


def broken(text, r):
    """A text as it is, or with some of it lost, doubled or replaced."""
    if r.random() < 0.7 or not text:
        return text
    at, length = r.randrange(len(text)), r.choice([1, 1, 3, 50])
    return r.choice([
        text[:at],
        text[:at] + text[at + length:],
        text[:at] + text[at:at + length] * r.choice([2, 1000]) + text[at:],
        text[:at] + r.choice(["\0", "\x1b", "{", "[" * 5000, "&a *a", "\t", "%", "\"", "}" * 9, "\ud83d\ude00"]) + text[at:],
    ])


def yaml_or_json(value, r):
    return broken(json.dumps(value, ensure_ascii=r.random() < 0.5), r)


def url(r):
    path = r.choice(["", "/", "/a b", "/%zz", "/?" + "x" * 9000, "/a#b", "/$(X)", "/${x}", "/é", "//", "/..;/", "/" + "a/" * 3000])
    scheme = r.choice(["http://", "http://", "", "https://", "HTTP://", "ftp://", "http:///", "://"])
    user = r.choice(["", "", "", "u:p@", "u@", ":@", "u%zz:p@"])
    return scheme + user + r.choice([NOBODY, "127.0.0.1:0", "127.0.0.1:99999", "[::1]:9", "[::1", "[fe80::1%25lo]:9"]) + path


def urls(r):
    lines = []
    for _ in range(r.choice([0, 1, 3, 20])):
        lines.append(r.choice([
            url(r), url(r) + " POST a=1", url(r) + " POST <body.txt", url(r) + " " + r.choice(TEXTS), "X=" + r.choice(TEXTS), "# a", "",
            "A=$(B)$(B)\nB=$(A)", f"$(HOST){NOBODY}", url(r) + " DELETE", "Y=" + "$(Y)" * 30]))
    return broken(r.choice(["", "\ufeff"]) + "\n".join(lines), r)


def har(r):
    def pairs():
        return [{"name": r.choice(TEXTS + NAMES), "value": r.choice(TEXTS)} for _ in range(r.choice([0, 1, 3]))]

    def entry():
        request = {"method": r.choice(["GET", "POST", "CONNECT", "", "é", "get"]), "url": url(r), "headers": pairs(), "cookies": pairs()}
        if r.random() < 0.5:
            request["postData"] = r.choice([
                {"mimeType": "multipart/form-data; boundary=x", "params": pairs()}, {"mimeType": "text/plain", "text": "%%%", "encoding": "base64"},
                {"text": "x" * 100000}, {"mimeType": 7}, None, {"params": [{"name": "f", "fileName": "/etc/passwd", "value": "x"}]}])
        times = r.choice(["2026-01-01T00:00:00Z", "nonsense", "9999-99-99T99:99:99Z", "1969-01-01T00:00:00+99:99", 7])
        return {"startedDateTime": times, "request": request, "response": {"status": r.choice([200, 302, 0, -1, 1e9])}, "time": r.choice(NUMBERS)}
    return yaml_or_json({"log": {"entries": [entry() for _ in range(r.choice([0, 1, 2, 30]))]}}, r)


def openapi(r):
    names = ["A", "B", "C"]

    def schema(depth=0):
        if depth > 5 or r.random() < 0.25:
            return {"$ref": r.choice(["#/components/schemas/" + r.choice(names), "#/none", "#", "other.yaml#/x", "http://127.0.0.1:9/x.json", "/etc/passwd"])}
        made = {"type": r.choice(["string", "integer", "number", "object", "array", "boolean", ["null", "string"], "what"])}
        for key, value in [("minLength", r.choice(NUMBERS)), ("maxLength", r.choice(NUMBERS)), ("minimum", r.choice(NUMBERS)), ("multipleOf", r.choice(NUMBERS)),
                           ("minItems", r.choice(NUMBERS)), ("maxItems", r.choice(NUMBERS)), ("pattern", r.choice(["^(a{1000}){1000}$", "(", "^\\d+$", "(?=x)"])),
                           ("enum", r.choice([[], [1], ["a", None]])), ("format", r.choice(["uuid", "date", "x"]))]:
            if r.random() < 0.2:
                made[key] = value
        if r.random() < 0.6:
            made["properties"] = {name: schema(depth + 1) for name in names}
            made["required"] = r.sample(names + ["x"], 2)
        for key in ("allOf", "anyOf", "oneOf"):
            if r.random() < 0.15:
                made[key] = [schema(depth + 1) for _ in range(r.choice([0, 1, 2]))]
        if r.random() < 0.4:
            made["items"] = schema(depth + 1)
        if r.random() < 0.1:
            made["discriminator"] = {"propertyName": "A", "mapping": {"x": "#/components/schemas/A"}}
        return made
    def parameter():
        return {"name": r.choice(names + ["Authorization", "", "{x}"]), "in": r.choice(["path", "query", "header", "cookie", "x"]), "required": r.random() < 0.7,
                "style": r.choice(["form", "simple", "matrix", "label", "deepObject", "pipeDelimited", "x"]), "explode": r.random() < 0.5, "schema": schema()}
    def operation():
        made = {"parameters": [parameter() for _ in range(r.choice([0, 1, 3]))]}
        if r.random() < 0.6:
            made["requestBody"] = {"content": {r.choice(["application/json", "*/*", "application/x-www-form-urlencoded", "text/plain"]): {"schema": schema()}}}
        return made
    paths = {r.choice(["/a", "/a/{A}", "/{", "a", "/" + "b" * 9999]): {method: operation() for method in r.sample(["get", "post", "put", "delete", "patch"], 3)} for _ in range(3)}
    server = {"url": r.choice(["/", "http://127.0.0.1:9/{v}", "x"]), "variables": {"v": {"default": r.choice(["{v}{v}", "a", 7])}}}
    return yaml_or_json({"openapi": r.choice(["3.1.0", "3.1.0", "3.0.3", "2.0", 3]), "servers": [server], "paths": paths,
                         "components": {"schemas": {name: schema() for name in names}}}, r)


def proto(r):
    def message(depth=0):
        fields = "".join(
            r.choice(["string", "int32", "M", "repeated M", "map<string, M>", "oneof x { string y%d = 90; }" % depth, "what", "bytes"]) + f" f{n} = {r.choice([n + 1, 0, 19000, 2**29])};"
            if r.random() < 0.95 else "option a = 1;" for n in range(r.choice([0, 1, 4])))
        inner = message(depth + 1) if depth < r.choice([1, 3, 200]) else ""
        return "message M { " + fields + inner + " }"
    text = f"syntax = \"{r.choice(['proto3', 'proto3', 'proto2', 'x'])}\"; package p; import \"{r.choice(['gone.proto', 'a.proto', '/etc/passwd', 'google/protobuf/empty.proto'])}\";"
    if r.random() < 0.7:
        text = "syntax = \"proto3\"; package p;"
    return broken(text + message() + " service S { rpc Go(M) returns (M); }", r)


def run(command, folder, env):
    """Exit code, seconds, MiB."""
    began = time.monotonic()
    with open(os.path.join(folder, "out"), "wb") as out:
        child = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        late = False
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - began > SECONDS and not late:
                late = True
                os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.002)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, time.monotonic() - began, usage.ru_maxrss / 1024


def control_lines(r):
    fault = r.choice([
        "cut", "halfOpen", {"latency": {"delay": [r.choice(NUMBERS), r.choice(NUMBERS)], "pick": r.choice(UNITS)}}, {"what": 1},
        {"abort": {"status": r.choice(NUMBERS), "share": r.choice(NUMBERS)}}, {"bandwidth": {"direction": "reply", "bytesPerSecond": r.choice(NUMBERS)}}])
    address = r.choice(["127.0.0.1", "::1", "x", "999.1.1.1"])
    ports = {str(r.choice([9, 80, 70000])): ["127.0.0.1:9"] * r.choice([0, 1, 30000])}
    requests = [{"know": {"callers": {address: r.choice(NAMES)}, "endpoints": ports}}, {"set": {"from": r.choice(NAMES + [None]), "fault": fault}},
                {"lift": {"id": r.choice(NUMBERS)}}, "count", "windDown", {"hello": {"token": r.choice(TEXTS), "version": r.choice(NUMBERS)}}, r.choice(TEXTS)]
    lines = []
    for _ in range(r.choice([1, 2, 5, 50])):
        line = broken(json.dumps(r.choice(requests)), r).encode(errors="replace") + b"\n"
        odd = [b"\n", b"x" * r.choice([10, 100000, 9000000]), b"{" * 5000 + b"\n", bytes(r.randrange(256) for _ in range(200)), b"GET / HTTP/1.1\r\n\r\n"]
        lines.append(line if r.random() < 0.8 else r.choice(odd))
    return b"".join(lines)


def control_protocol(brunt, count, seed):
    """One edge proxy gets all of the connections: it must go on, in little memory."""
    r = random.Random(seed)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        control, port = one.getsockname()[1], other.getsockname()[1]
    token = "a-token-of-32-letters-at-the-least"
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(token)
    command = [brunt, "edge-proxy", "order", "--serve", f"{port}=127.0.0.1:9", "--control", str(control), "--token-file", file.name]
    proxy = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 5
    while True:
        try:
            socket.create_connection(("127.0.0.1", control), 1).close()
            break
        except OSError:
            if proxy.poll() is not None or time.monotonic() > deadline:
                print("the edge proxy did not start:", proxy.stderr.read1(500) if proxy.poll() is not None else "", file=sys.stderr)
                proxy.kill()
                return 0, ["control: not started"]
    wrong, done = [], 0
    for number in range(count):
        began = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", control), 2) as connection:
                connection.settimeout(1)
                hello = json.dumps({"hello": {"token": token, "version": 2}}).encode() + b"\n"
                begin = hello if r.random() < 0.7 else b""
                connection.sendall(begin + control_lines(r))
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65536)
        except OSError:
            pass
        done += 1
        with open(f"/proc/{proxy.pid}/status") as status:
            memory = next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), 0)
        if proxy.poll() is not None or memory > MEBIBYTES or time.monotonic() - began > SECONDS:
            wrong.append(f"control {number}: exit {proxy.poll()}, {memory:.0f} MiB, {time.monotonic() - began:.1f} s")
            break
    proxy.kill()
    proxy.wait(5)
    os.remove(file.name)
    return done, wrong


def main():
    brunt, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(2**32)
    print(f"seed {seed}")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    schemas = {kind: json.loads(subprocess.run([brunt, "schema", kind], capture_output=True, check=True).stdout) for kind in ("scenario", "system", "load", "report")}
    here, kept = tempfile.mkdtemp(), os.path.abspath("hostile-kept")
    with open(os.path.join(here, "body.txt"), "w") as body:
        body.write("a body")
    env = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")} | {"HOME": here, "NO_COLOR": "1"}
    once = ["-c1", "-r1", "-b", "--timeout", "1s"]
    kinds = ["scenario", "system", "load", "report", "urls", "har", "openapi", "proto"]
    counts, wrong, slowest, largest = {}, [], (0, ""), (0, "")
    for number in range(count - count // 10):
        r, kind = random.Random(f"{seed}/{number}"), kinds[number % len(kinds)]
        if kind in schemas:
            value = Maker(schemas[kind], r.random()).value(schemas[kind])
            if kind == "scenario" and isinstance(value, dict) and r.random() < 0.8:
                value["system"] = "coffee"
            name, text = ("report.json" if kind == "report" else kind + ".yaml"), yaml_or_json(value, r)
            command = ["report", "."] if kind == "report" else ["validate", name]
        elif kind == "urls":
            name, text, command = "urls.txt", urls(r), ["load", "-f", "urls.txt", *once]
        elif kind == "har":
            name, text, command = "a.har", har(r), ["load", "--har", "a.har", *once, NOBODY]
        elif kind == "openapi":
            name, text, command = "openapi.json", openapi(r), ["load", "--openapi", "openapi.json", "--writes", *once, NOBODY]
        else:
            name, text = "a.proto", proto(r)
            command = ["load", "--grpc", "p.S/Go", "--proto", "a.proto", "--data", r.choice(["{}", "{\"f0\": 1}", "[", "{\"M\":" * 500]), *once, NOBODY]
        with open(os.path.join(here, name), "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        code, seconds, memory = run([brunt, *command], here, env)
        what = f"{kind} {number}"
        counts[kind] = counts.get(kind, 0) + 1
        slowest, largest = max(slowest, (seconds, what)), max(largest, (memory, what))
        if code not in CODES or seconds > SECONDS or memory > MEBIBYTES:
            os.makedirs(kept, exist_ok=True)
            shutil.copy(os.path.join(here, name), os.path.join(kept, f"{number}-{name}"))
            shutil.copy(os.path.join(here, "out"), os.path.join(kept, f"{number}-out"))
            wrong.append(f"{what}: exit {code}, {seconds:.1f} s, {memory:.0f} MiB: brunt {' '.join(command)}")
            print(wrong[-1], flush=True)
        os.remove(os.path.join(here, name))
    counts["control"], of_control = control_protocol(brunt, count // 10, seed)
    wrong += of_control
    shutil.rmtree(here)
    print(", ".join(f"{number} {kind}" for kind, number in counts.items()))
    print(f"{sum(counts.values())} inputs, {len(wrong)} wrong; slowest {slowest[0]:.2f} s ({slowest[1]}), largest {largest[0]:.0f} MiB ({largest[1]})")
    for one in of_control:
        print(one)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
