"""An S3 server for one test: prints its address, then does what its standard input says, and ends with it.

Commands, one a line, each answered by one line: `bucket NAME`, `list BUCKET`, `flip BUCKET KEY AT`,
`remove BUCKET KEY`, `put BUCKET KEY TEXT`, `lock` (from then on only known keys are let in).
"""

import json
import sys

import boto3
import requests
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
s3 = boto3.client(
    "s3", endpoint_url=url, region_name="us-east-1",
    aws_access_key_id="test", aws_secret_access_key="test",
)
print(url, flush=True)


def flip(bucket, key, at):
    body = bytearray(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    body[int(at) % len(body)] ^= 1
    s3.put_object(Bucket=bucket, Key=key, Body=bytes(body))


def listed(bucket):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


commands = {
    "bucket": lambda name: s3.create_bucket(Bucket=name) and None,
    "list": listed,
    "flip": flip,
    "remove": lambda bucket, key: s3.delete_object(Bucket=bucket, Key=key) and None,
    "put": lambda bucket, key, text: s3.put_object(Bucket=bucket, Key=key, Body=text) and None,
    "lock": lambda: requests.post(f"{url}/moto-api/reset-auth", data=b"0", timeout=10) and None,
}
for line in sys.stdin:
    name, *args = line.split()
    print(json.dumps(commands[name](*args)), flush=True)
server.stop()
