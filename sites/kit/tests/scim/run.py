"""Holds a SCIM endpoint against scim2-tester, and names what it finds.

    python3 -m venv venv && venv/bin/pip install "scim2-tester[httpx2]" && venv/bin/python run.py BASE TOKEN

BASE is such as http://127.0.0.1:7101/scim/v2; TOKEN is what the site was given as SITE_SCIM_TEST_TOKEN.
Ends with 0 when every check has passed.
"""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

base, token = sys.argv[1:3]
client = SyncSCIMClient(Client(base_url=base, headers={"Authorization": f"Bearer {token}"}))
results = check_server(client)
failed = [result for result in results if result.status not in (Status.SUCCESS, Status.COMPLIANT)]
for result in failed:
    print(result.status.name, result.resource_type or "", result.title, result.reason, sep=": ")
print(f"{len(results)} checks, {len(failed)} not passed")
sys.exit(bool(failed) or not results)
