"""Checks a SCIM service that is read from: check.py BASE TOKEN

scim2-tester checks what the service says of itself, and its errors. Its checks of resources begin by creating one, which a
site may not do here, so the strict models of the same project read what is there instead.
"""

import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Error, ListResponse, SearchRequest
from scim2_tester import Status, check_server

base, token = sys.argv[1:]
client = SyncSCIMClient(httpx2.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}))

results = check_server(client, include_tags={"discovery", "misc"})
done = [result for result in results if result.status is not Status.SKIPPED]
bad = [result for result in done if result.status not in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)]
for result in bad:
    print(result.status, result.title, result.reason)
count = len(done)

client.discover()
for name in ("User", "Group"):
    model = client.get_resource_model(name)
    listed = client.query(model)
    assert isinstance(listed, ListResponse) and listed.resources, f"no {name} is listed: {listed}"
    first = listed.resources[0]
    assert client.query(model, first.id) == first, f"{name} differs by itself from what is listed"
    some = client.query(model, query_parameters=SearchRequest(filter=f'id eq "{first.id}"', attributes=["id"]))
    assert some.total_results == 1 and some.resources[0].id == first.id, some
    missing = client.query(model, "nobody", raise_scim_errors=False)
    assert isinstance(missing, Error) and missing.status == 404, missing
    wrong = client.query(model, query_parameters=SearchRequest(filter="nickName pr"), raise_scim_errors=False)
    assert isinstance(wrong, Error) and wrong.scim_type == "invalidFilter", wrong
    count += 5

print(f"{count} checks")
sys.exit(1 if bad else 0)
