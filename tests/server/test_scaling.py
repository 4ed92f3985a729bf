"""The manifests of examples/scaling: they have the form that Kubernetes and KServe take, and what they tell the server
works."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time

import kubernetes_validate
import pytest
import requests
import yaml
from conftest import ROOT, Server
from deployment_client import Deployment
from fronts import PENGUIN, SHIPPED
from test_process import run

SCALING = ROOT / "examples" / "scaling"
KUBERNETES = "1.37"


def read(name):
    return list(yaml.safe_load_all((SCALING / name).read_text(encoding="utf-8")))


SERVER = {document["kind"]: document for document in read("sidekick-server.yaml")}


@pytest.mark.parametrize("kind", SERVER)
def test_the_form_of_the_server_s_manifest(kind):
    """Strictly: no key is there that Kubernetes would ignore."""
    kubernetes_validate.validate(SERVER[kind], KUBERNETES, strict=True)


def test_the_check_finds_mistakes():
    wrong = {**SERVER["Service"], "spec": {**SERVER["Service"]["spec"], "port": 80}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def pod():
    return SERVER["Deployment"]["spec"]["template"]


def container():
    [container] = pod()["spec"]["containers"]
    return container


def test_the_parts_of_the_manifest_name_one_another():
    labels = pod()["metadata"]["labels"]
    name = SERVER["Deployment"]["metadata"]["name"]
    assert SERVER["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert SERVER["Service"]["spec"]["selector"] == labels
    assert SERVER["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert SERVER["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == name
    [volume], [mount] = pod()["spec"]["volumes"], container()["volumeMounts"]
    assert volume["name"] == mount["name"]
    assert volume["secret"]["secretName"] == SERVER["Secret"]["metadata"]["name"]
    assert mount["mountPath"] == container()["args"][-1]
    [port] = container()["ports"]
    assert {probe["httpGet"]["port"] for key, probe in container().items() if key.endswith("Probe")} == {port["name"]}
    assert SERVER["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert f"--listen=0.0.0.0:{port['containerPort']}" in container()["args"]
    assert pod()["metadata"]["annotations"]["prometheus.io/port"] == str(port["containerPort"])
    assert f"sidekick-server:{run('--version').stdout.split()[1]}" in container()["image"]
    # What the server may take fits into what the pod may take.
    [memory] = [int(word.split("=")[1]) for word in container()["args"] if word.startswith("--max-memory=")]
    assert memory < 512 << 20 and container()["resources"]["limits"]["memory"] == "512Mi"


def test_the_server_starts_as_the_manifest_says(tmp_path):
    """With its arguments and its deployment.json; only the addresses are others."""


    declared = json.loads(SERVER["Secret"]["stringData"]["deployment.json"])
    [service] = read("inference-service.yaml")
    place = service["metadata"]
    host = f"{place['name']}-predictor.{place['namespace']}.svc.cluster.local"
    assert declared["engine"]["url"] == f"http://{host}/v2/models/{place['name']}"
    folder = tmp_path / "penguins"
    folder.mkdir()
    with Server([SHIPPED / "penguins"]) as engine:
        declared["engine"] |= {"url": f"{engine.base}/v2/models/penguins", "token": "penguins-token"}
        (folder / "deployment.json").write_text(json.dumps(declared))
        options = [word for word in container()["args"][:-1] if not word.startswith("--listen")]
        with Server([folder], *options) as server:
            assert server.deployment("penguins").predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                path = container()[probe]["httpGet"]["path"]
                assert requests.get(server.base + path, timeout=30).status_code == 200
            path = pod()["metadata"]["annotations"]["prometheus.io/path"]
            assert "sidekick_requests_total" in requests.get(server.base + path, timeout=30).text


# The keys of an InferenceService that the manifest may use, as KServe 0.21 declares them. tests/engines checks the
# manifest against KServe itself.
PREDICTOR = {"minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "model"}
MODEL = {"modelFormat", "protocolVersion", "runtime", "storageUri", "resources"}


def test_the_form_of_the_inference_service():
    [service] = read("inference-service.yaml")
    assert set(service) == {"apiVersion", "kind", "metadata", "spec"}
    assert (service["apiVersion"], service["kind"]) == ("serving.kserve.io/v1beta1", "InferenceService")
    assert set(service["spec"]) == {"predictor"}
    predictor = service["spec"]["predictor"]
    assert set(predictor) <= PREDICTOR and set(predictor["model"]) <= MODEL
    assert predictor["model"]["protocolVersion"] == "v2"
    assert predictor["model"]["modelFormat"] == {"name": "onnx"}
    assert 1 <= predictor["minReplicas"] <= predictor["maxReplicas"]
    assert re.fullmatch(r"pvc://[a-z-]+/[a-z/-]+", predictor["model"]["storageUri"])
    # The resources are a pod's: those of a container have the same form.
    checked = {"name": "x", "image": "x", "resources": predictor["model"]["resources"]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [checked]}}
    kubernetes_validate.validate(pod, KUBERNETES, strict=True)


NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def configured(folder, addresses, listen):
    """The configuration of the load balancer with other addresses, whose own files are in a folder of the test."""
    text = (SCALING / "nginx.conf").read_text(encoding="utf-8")
    for own, other in zip(re.findall(r"server (10\S+)", text), addresses, strict=True):
        text = text.replace(own, other)
    text = text.replace("listen 8080;", f"listen {listen};")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    head = f"{user}daemon off;\npid {folder / 'pid'};\nerror_log stderr;\n"
    (folder / "nginx.conf").write_text(head + text.replace("http {\n", "http {\n" + paths, 1))
    return [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def test_nginx_takes_the_configuration(tmp_path):
    addresses = re.findall(r"server (10\S+)", (SCALING / "nginx.conf").read_text(encoding="utf-8"))
    shown = subprocess.run([*configured(tmp_path, addresses, "8080"), "-t"], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0 and "test is successful" in shown.stderr, shown.stderr
    (tmp_path / "nginx.conf").write_text("http { upstream a { } }")
    assert subprocess.run([NGINX, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, timeout=60).returncode == 1


def test_a_machine_behind_nginx_ends_and_no_request_is_lost(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
    machines = [Server([SHIPPED / "penguins"]) for _ in range(3)]
    with contextlib.ExitStack() as stack:
        [stack.enter_context(machine) for machine in machines]
        addresses = [machine.base.removeprefix("http://") for machine in machines]
        nginx = subprocess.Popen(configured(tmp_path, addresses, listen))
        stack.callback(nginx.wait)
        stack.callback(nginx.terminate)
        url = f"http://{listen}/deployment/penguins/forward"
        for _ in range(600):
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"http://{listen}/", timeout=30)
                break
            time.sleep(0.1)
        for machine in machines[:2]:
            for _ in range(10):
                assert Deployment(url, "penguins-token").predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9
            machine.process.kill()
        assert Deployment(url, "penguins-token").predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9
        assert requests.get(f"http://{listen}/metrics", timeout=30).status_code == 404
