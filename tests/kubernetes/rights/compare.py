#!/usr/bin/env python3
"""compare.py AUDIT_LOG USER RULES: what an account did, by the API server's audit log, beside what its roles allow (RULES: `kubectl get roles …
-o json`). Fails if it was refused something, or is allowed what it did not use."""
import json
import sys

log, user, rules = sys.argv[1:]
# Until version 1.34 the API server asks for `get` when such a connection is opened, and from 1.35 on for `create`.
STREAMS = {"pods/exec", "pods/attach", "pods/portforward"}
# What is looked at only where it may be: a refusal is taken for "there is none", or for "nobody can tell".
OPTIONAL = {("get", "", "namespaces"), ("list", "", "secrets"), ("list", "batch", "cronjobs"),
            ("list", "rbac.authorization.k8s.io", "roles"), ("list", "rbac.authorization.k8s.io", "clusterroles")}
# What these objects do not need: a controller of Argo's, and an image without a shell.
ELSEWHERE = {"rollouts", "pods/ephemeralcontainers"}


def used():
    for line in open(log, encoding="utf-8"):
        event = json.loads(line)
        about = event.get("objectRef")
        if event["user"]["username"] != user or not about or about.get("apiGroup", "").startswith("authorization."):
            continue
        resource = about["resource"] + ("/" + about["subresource"] if "subresource" in about else "")
        yield event["verb"], about.get("apiGroup", ""), resource, event.get("responseStatus", {}).get("code")


def granted():
    for role in json.load(open(rules, encoding="utf-8"))["items"]:
        for rule in role["rules"]:
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    for verb in rule["verbs"]:
                        yield verb, group, resource


seen = list(used())
assert seen, f"the audit log has nothing of {user}"
done = {(verb, group, resource) for verb, group, resource, _ in seen}
refused = {(verb, group, resource) for verb, group, resource, code in seen if code == 403} - OPTIONAL
allowed = set(granted())
unused = allowed - done
for verb, group, resource in list(unused):
    # A server-side apply is a patch, for which both are asked if the object is not there.
    if resource in ELSEWHERE or verb == "create" and ("patch", group, resource) in done:
        unused.discard((verb, group, resource))
    if resource in STREAMS and any((other, group, resource) in done for other in ("get", "create")):
        unused.discard((verb, group, resource))
for what, rights in (("refused", refused), ("allowed, and used by nothing", unused)):
    for verb, group, resource in sorted(rights):
        print(f"{what}: {verb} {resource} ({group or 'core'})")
print(f"{len(seen)} calls; {len(done)} rights used, {len(refused)} refused, {len(unused)} of {len(allowed)} used by nothing")
sys.exit(bool(refused or unused))
