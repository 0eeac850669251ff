"""
Amazon's own Python client, asked for what a sink stored; prints one JSON object.

    aws_reader.py URL read GROUP     events, retention and streams of a log group
    aws_reader.py URL user NAME      makes a user allowed to write and read; its keys
    aws_reader.py URL queue NAME     makes a queue; its URL
    aws_reader.py URL messages URL   all messages of a queue
    aws_reader.py URL stream NAME    makes a delivery stream into a bucket of the same name
    aws_reader.py URL objects NAME   all lines of that bucket
"""

import json
import sys

import boto3

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


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


def queue(url: str, name: str) -> dict:
    """A queue of the ordinary kind."""
    return {"url": boto3.client("sqs", endpoint_url=url).create_queue(QueueName=name)["QueueUrl"]}


def messages(url: str, queue_url: str) -> dict:
    """Everything in a queue, until it gives nothing more."""
    sqs = boto3.client("sqs", endpoint_url=url)
    lines = []
    while page := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=3600).get("Messages"):
        lines += [message["Body"] for message in page]
    return {"lines": lines}


def stream(url: str, name: str) -> dict:
    """A delivery stream that writes into a bucket."""
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    destination = {"RoleARN": "arn:aws:iam::123456789012:role/firehose", "BucketARN": f"arn:aws:s3:::{name}"}
    firehose = boto3.client("firehose", endpoint_url=url)
    firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination)
    return {}


def objects(url: str, name: str) -> dict:
    """Every line of every object."""
    s3 = boto3.client("s3", endpoint_url=url)
    lines = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for item in page.get("Contents", []):
            lines += s3.get_object(Bucket=name, Key=item["Key"])["Body"].read().decode().split("\n")[:-1]
    return {"lines": lines}


def user(url: str, name: str) -> dict:
    """A user with a key of its own."""
    iam = boto3.client("iam", endpoint_url=url)
    name = name.strip("/").replace("/", "-")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(POLICY))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"keys": {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}}


if __name__ == "__main__":
    url, action, group = sys.argv[1:]
    actions = {"read": read, "user": user, "queue": queue, "messages": messages, "stream": stream, "objects": objects}
    json.dump(actions[action](url, group), sys.stdout)
