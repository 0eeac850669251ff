"""boto3 puts events into a log group of the stand-in: makes group and stream, sends, and reads a refusal."""

import sys
import time

import boto3
from botocore.config import Config

URL, COUNT = sys.argv[1], int(sys.argv[2])

logs = boto3.client(
    "logs",
    endpoint_url=URL,
    region_name="eu-central-1",
    aws_access_key_id="example-aws-access-key-id",
    aws_secret_access_key="example-aws-secret-access-key",
    config=Config(retries={"total_max_attempts": 1}),
)
logs.create_log_group(logGroupName="/peers/boto3")
logs.put_retention_policy(logGroupName="/peers/boto3", retentionInDays=30)
logs.create_log_stream(logGroupName="/peers/boto3", logStreamName="one")
now = int(time.time() * 1000)
for start in range(0, COUNT, 100):
    events = [{"timestamp": now + index, "message": f"event {index}"} for index in range(start, min(start + 100, COUNT))]
    answer = logs.put_log_events(logGroupName="/peers/boto3", logStreamName="one", logEvents=events)
    assert "rejectedLogEventsInfo" not in answer, answer

try:
    logs.create_log_group(logGroupName="/peers/boto3")
except logs.exceptions.ResourceAlreadyExistsException as error:
    print(f"a second group: {type(error).__name__}")
try:
    logs.put_log_events(logGroupName="/peers/none", logStreamName="one", logEvents=[{"timestamp": now, "message": "lost"}])
except logs.exceptions.ResourceNotFoundException as error:
    print(f"no group: {type(error).__name__}")
old = [{"timestamp": now - 20 * 86_400_000, "message": "old"}]
print("old:", logs.put_log_events(logGroupName="/peers/boto3", logStreamName="one", logEvents=old)["rejectedLogEventsInfo"])
