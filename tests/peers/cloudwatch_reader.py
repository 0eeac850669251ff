"""
Amazon's own Python client, asked for what a sink stored; prints one JSON object.

    cloudwatch_reader.py URL read GROUP     events, retention and streams of a group
    cloudwatch_reader.py URL user GROUP     makes a user allowed to write and read logs; its keys
"""

import json
import sys

import boto3

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}


def read(url: str, group: str) -> dict:
    """Everything in a group."""
    logs = boto3.client("logs", endpoint_url=url)
    events = []
    request = {"logGroupName": group, "limit": 10_000}
    while True:
        page = logs.filter_log_events(**request)
        events.extend({"timestamp": event["timestamp"], "message": event["message"]} for event in page["events"])
        if not page.get("nextToken"):
            break
        request["nextToken"] = page["nextToken"]
    groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    return {
        "events": events,
        "retention": groups[0].get("retentionInDays"),
        "streams": [stream["logStreamName"] for stream in streams],
    }


def user(url: str, name: str) -> dict:
    """A user with a key of its own."""
    iam = boto3.client("iam", endpoint_url=url)
    name = name.strip("/").replace("/", "-")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="logs", PolicyDocument=json.dumps(POLICY))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"keys": {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}}


if __name__ == "__main__":
    url, action, group = sys.argv[1:]
    json.dump({"read": read, "user": user}[action](url, group), sys.stdout)
