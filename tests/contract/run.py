"""Holds the server to its OpenAPI document: schemathesis makes requests of every operation, good ones and bad ones, as an app, as an
owner and as nobody, and every answer must be a documented one: its status, its content type, its body; and no fault of ours.

Started by scripts/contract. Usage: run.py [OPTION OF schemathesis…], such as --include-path=/v1/runs or --max-examples=200
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter, defaultdict
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/paigong"
PATIENCE = 180.0
SEED = 20261123
EXAMPLES = 12
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
# Operations that can't be answered well here, and why.
RUNS = "/admin/v1/tenants/{tenant}/apps/{app}/runs/{run}"
NEVER_GOOD = {
    "POST /v1/callbacks/{tenant}/{run}": "a report is signed with the secret of the system that was called",
    "POST /admin/v1/accept": "a token is good for once",
    "POST /admin/v1/session": "the document's example names nobody",
    "POST /v1/runs/{id}/cancel": "the run is done before anybody can stop it",
    "POST /v1/runs/{id}/resolve": "the run's outcome is known",
    f"POST {RUNS}/cancel": "as above",
    f"POST {RUNS}/resolve": "as above",
    "POST /admin/v1/tenants/{tenant}/apps/{app}/skills/import": "the manifest in the document's example is cut short",
    "POST /admin/v1/tenants/{tenant}/apps/{app}/skills/{skill}/draft/test": "it would play a hundred conversations each time",
    "POST /v1/suggestions/{id}": "only a language model makes suggestions",
    "POST /admin/v1/tenants/{tenant}/apps/{app}/suggestions/{suggestion}": "as above",
}
PASSWORD = "correct horse battery staple"


class Server:
    """The real server with its demo, on the database of DATABASE_URL and a free port."""

    def __init__(self):
        secret = subprocess.run([BINARY, "secrets", "generate"], check=True, capture_output=True, text=True).stdout.strip()
        settings = {
            "PAIGONG_LISTEN": "127.0.0.1:0",
            "PAIGONG_SECRET_KEYS": secret,
            # Sent as fast as they are answered; limits have tests of their own.
            "PAIGONG_RATE_PER_KEY": "0",
            "PAIGONG_RATE_PER_TENANT": "0",
            "PAIGONG_RATE_PER_ADDRESS": "0",
            # Nothing leaves this machine: of public addresses only ports that no made-up webhook names.
            "PAIGONG_OUTBOUND_ALLOW": "127.0.0.0/8",
            "PAIGONG_OUTBOUND_PORTS": "1,2",
            "PAIGONG_LOG": "error",
        }
        command = [BINARY, "serve", "--migrate", "--demo", "--key-file", f"{tempfile.gettempdir()}/contract-{os.getpid()}.key"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
        alarm = Timer(PATIENCE, self.process.kill)
        alarm.start()
        found = {}
        patterns = {"url": r"(http://127\.0\.0\.1:\d+)", "token": r"accept#token=(\S+)", "key": r"App key: (\S+)"}
        for line in self.process.stdout:
            for name, pattern in patterns.items():
                if match := re.search(pattern, line):
                    found.setdefault(name, match[1])
            if len(found) == len(patterns):
                break
        alarm.cancel()
        if len(found) < len(patterns):
            sys.exit(f"contract: the server was not ready: {found}")
        self.url, self.token, self.key = found["url"], found["token"], found["key"]

    def ask(self, method, path, body=None, headers=None):
        """The JSON of an answer, and its headers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers or {})
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as response:
            text = response.read()
            return (json.loads(text) if text else None), response.headers


class Person:
    """Somebody who has accepted an invitation."""

    def __init__(self, server, token, email):
        new = {"token": token, "email": email, "name": "somebody", "password": PASSWORD}
        self.me, headers = server.ask("POST", "/admin/v1/accept", new)
        self.headers = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": self.me["csrf_token"]}
        self.id = self.me["person"]["id"]
        self.tenant = self.me["tenants"][0]["id"]


def quoted(value):
    """A string of TOML."""
    return json.dumps(value)


def section(operation, parameters=None, headers=None):
    """What is particular to one operation."""
    lines = ["[[operations]]", f"include-operation-id = {quoted(operation)}"]
    if headers:
        lines.append("headers = { " + ", ".join(f"{quoted(k)} = {quoted(v)}" for k, v in headers.items()) + " }")
    if parameters:
        lines.append("parameters = { " + ", ".join(f"{quoted(k)} = {quoted(v)}" for k, v in parameters.items()) + " }")
    return "\n".join(lines) + "\n"


def prepare(server):
    """Things that operations can be asked about, and their settings: what ends a thing gets one that nobody else needs."""
    owner = Person(server, server.token, "owner@example.com")
    tenant = f"/admin/v1/tenants/{owner.tenant}"
    app = server.ask("GET", f"{tenant}/apps", headers=owner.headers)[0]["data"][0]["id"]

    def administer(method, path, body=None):
        return server.ask(method, tenant + path, body, owner.headers)[0]

    def by_key(method, path, body=None):
        return server.ask(method, path, body, {"Authorization": f"Bearer {server.key}"})[0]

    def invited(email):
        return administer("POST", "/invitations", {"email": email, "role": "viewer"})

    # Whoever logs out or changes their password, and with it the session, is not the owner.
    leaving, changing, removed = (
        Person(server, invited(email)["token"], email)
        for email in ["leaving@example.com", "changing@example.com", "removed@example.com"]
    )
    said = by_key("POST", "/v1/chat-messages", {"user": "E1001", "query": "我还有几天年假"})
    conversation, run = said["conversation_id"], said["execution"]["id"]
    turn = administer("GET", f"/apps/{app}/conversations/{conversation}")["turns"][0]["id"]
    by_key("POST", "/v1/chat-messages", {"user": "E1002", "query": "转人工"})
    items = by_key("GET", "/v1/inbox")["data"]
    webhooks = [
        by_key("POST", "/v1/webhooks", {"url": "http://127.0.0.1:1/hook", "events": ["run.succeeded"]})["id"] for _ in range(2)
    ]
    delivery = by_key("POST", f"/v1/webhooks/{webhooks[0]}/test")["id"]
    keys = [administer("POST", f"/apps/{app}/keys", {"label": "spare"})["id"] for _ in range(2)]
    withdrawn = invited("withdrawn@example.com")["id"]
    documents = [{"path.source": "spare", "path.path": f"{number}.md"} for number in range(2)]
    for document in documents:
        by_key("PUT", f"/v1/knowledge/spare/{document['path.path']}", "A text.")

    def drafted(skill):
        """The operation's settings for a skill of its own, whose draft is what is live."""
        text = administer("GET", f"/apps/{app}/skills/{skill}")["live"]["text"]
        administer("PUT", f"/apps/{app}/skills/{skill}/draft", {"text": text})
        return {"path.skill": skill, "header.If-Match": '"1"'}

    admin = "admin_v1_tenants_tenant_apps_app"
    sections = [
        section("delete_admin_v1_session", headers=leaving.headers),
        section("put_admin_v1_me_password", headers=changing.headers),
        section("put_admin_v1_tenants_tenant_members_person", {"path.person": removed.id}),
        section("delete_admin_v1_tenants_tenant_members_person", {"path.person": removed.id}),
        section("delete_admin_v1_tenants_tenant_invitations_invitation", {"path.invitation": withdrawn}),
        section(f"post_{admin}_keys_key_rotate", {"path.key": keys[0]}),
        section(f"delete_{admin}_keys_key", {"path.key": keys[1]}),
        section(f"post_{admin}_skills_skill_draft_publish", drafted("leave.balance")),
        section(f"delete_{admin}_skills_skill_draft", drafted("leave.cancel")),
        section(f"post_{admin}_skills_skill_draft_try", drafted("order.list")),
        section(f"put_{admin}_skills_skill_tests", {"path.skill": "leave.request", "header.If-Match": '"1"'}),
        section(f"get_{admin}_knowledge_source_path_passages", documents[0]),
        section(f"delete_{admin}_knowledge_source_path", documents[1]),
        section(f"post_{admin}_skills_skill_withdraw", {"path.skill": "order.status"}),
        section(f"delete_{admin}_users_user_data", {"path.user": "E1009"}),
        section("get_v1_conversations_id", {"path.id": conversation}),
        section("get_v1_conversations_id_messages", {"path.id": conversation}),
        section("get_v1_runs_id", {"path.id": run}),
        section("post_v1_runs_id_cancel", {"path.id": run}),
        section("post_v1_runs_id_resolve", {"path.id": run}),
        section("post_v1_inbox_id", {"path.id": items[0]["id"]}),
        section("delete_v1_webhooks_id", {"path.id": webhooks[1]}),
    ]
    for operation in ["get", "patch"]:
        sections.append(section(f"{operation}_v1_webhooks_id", {"path.id": webhooks[0]}))
    for operation in ["post_v1_webhooks_id_secret", "post_v1_webhooks_id_test", "get_v1_webhooks_id_deliveries"]:
        sections.append(section(operation, {"path.id": webhooks[0]}))
    for operation in ["get_v1_webhooks_id_deliveries_delivery", "post_v1_webhooks_id_deliveries_delivery_replay"]:
        sections.append(section(operation, {"path.id": webhooks[0], "path.delivery": delivery}))
    everywhere = {
        "path.tenant": owner.tenant,
        "path.app": app,
        "path.skill": "leave.request",
        "path.conversation": conversation,
        "path.run": run,
        "path.turn": turn,
        "path.item": items[0]["id"],
        "path.user": "E1001",
        "query.user": "E1001",
        "query.pack": "hr",
    }
    parameters = "[parameters]\n" + "".join(f"{quoted(name)} = {quoted(value)}\n" for name, value in everywhere.items())
    return owner, parameters + "\n" + "\n".join(sections)


def check(server, folder, name, select, headers, options):
    """One run of schemathesis; whether all was well, and the report of its events."""
    report = folder / f"{name}.ndjson"
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={folder}/schemathesis.toml", "run"]
    command += [f"{server.url}/openapi.json", *select, f"--checks={','.join(CHECKS)}", "--phases=examples,coverage,fuzzing"]
    command += [f"--seed={SEED}", f"--max-examples={EXAMPLES}", "--generation-deterministic"]
    # How many made-up requests had to be thrown away says nothing about the server.
    command += ["--suppress-health-check=filter_too_much,too_slow"]
    command += ["--no-color", "--warnings=off", "--workers=1", "--continue-on-failure", "--report=ndjson"]
    command += [f"--report-ndjson-path={report}"]
    command += [f"--header={key}:{value}" for key, value in headers.items()]
    print(f"== contract: {name}", flush=True)
    # It keeps notes where it runs.
    done = subprocess.run(command + options, check=False, cwd=folder)
    return done.returncode == 0, report


def statuses(report):
    """How often each operation was answered with which status."""
    counted = defaultdict(Counter)
    for line in report.read_text(encoding="utf-8").splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder") or {}
        for interaction in recorder.get("interactions", {}).values():
            if response := interaction.get("response"):
                counted[recorder["label"]][response["status_code"]] += 1
    return counted


def main():
    server = Server()
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            owner, settings = prepare(server)
            (folder / "schemathesis.toml").write_text(settings, encoding="utf-8")
            callers = [
                ("app", ["--include-path-regex=^/v1/", "--exclude-path-regex=^/v1/callbacks"], {"Authorization": f"Bearer {server.key}"}),
                ("owner", ["--include-path-regex=^/admin/v1/", "--exclude-path-regex=^/admin/v1/(session|accept)$"], owner.headers),
                ("nobody", ["--include-path-regex=^/(v1/callbacks|admin/v1/(session|accept)$|healthz|readyz)"], {}),
            ]
            results = [check(server, folder, *caller, sys.argv[1:]) for caller in callers]
            counted = {label: answers for _, report in results for label, answers in statuses(report).items()}
            if out := os.environ.get("REPORTS"):
                Path(out).mkdir(parents=True, exist_ok=True)
                for _, report in results:
                    (Path(out) / report.name).write_bytes(report.read_bytes())
    finally:
        server.process.kill()
        server.process.wait()
    cases = sum(sum(answers.values()) for answers in counted.values())
    print(f"contract: {len(counted)} operations, {cases} cases")
    # Whoever is always refused proves nothing about good answers.
    refused = {label for label, answers in counted.items() if not any(status < 300 for status in answers)}
    if unexpected := sorted(refused - NEVER_GOOD.keys()):
        print(f"contract: never answered well, so that no good answer was looked at: {', '.join(unexpected)}")
    sys.exit(0 if all(well for well, _ in results) and (sys.argv[1:] or not unexpected) else 1)


main()
