#!/usr/bin/env python3
"""objects.py IMAGE: a small system on a cluster, as a list of objects in JSON: a workload of each kind that brunt knows, with an autoscaler, a
budget and a ConfigMap. All of them run brunt's own image."""
import json
import sys

image = sys.argv[1]


def pod(service, **more):
    env = {"HOST": "0.0.0.0", "PORT": "8080", "DATA_DIR": "/tmp", **more}
    probe = {"periodSeconds": 1, "failureThreshold": 2}
    return {"terminationGracePeriodSeconds": 2, "containers": [{
        "name": "service", "image": image, "imagePullPolicy": "IfNotPresent", "args": ["serve", "coffee", service],
        "env": [{"name": name, "value": value} for name, value in env.items()], "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/actuator/health/readiness", "port": 8080}, **probe},
        "livenessProbe": {"httpGet": {"path": "/isHealthy", "port": 8080}, **probe},
        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}}}]}


def workload(kind, name, spec, service="stock", **env):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod(service, **env)}, **spec}}


def front(name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": [{"port": 8080}]}}


objects = [
    workload("Deployment", "shop", {"replicas": 2}),
    workload("Deployment", "gateway", {"replicas": 1}, "gateway", API_STOCK_URL="http://shop:8080"),
    workload("StatefulSet", "keeper", {"replicas": 1, "serviceName": "keeper"}),
    workload("DaemonSet", "agent", {}),
    workload("ReplicaSet", "bare", {"replicas": 1}),
    *map(front, ["shop", "gateway", "keeper", "agent", "bare"]),
    {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "shop"}, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}, "minReplicas": 2, "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}}}]}},
    {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "shop"}, "spec": {
        "maxUnavailable": 1, "selector": {"matchLabels": {"app": "shop"}}}},
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"MAKING_TIME": "100ms"}},
]
json.dump({"apiVersion": "v1", "kind": "List", "items": objects}, sys.stdout)
