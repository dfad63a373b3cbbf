# zenml-preflight: aws 1
# Uses AWS Secrets Manager as the server does, with the identity of the pod, and prints
# one line of JSON. Settings are environment variables. Needs boto3, which the server's
# image has.
import json
import os
import sys

CALLS = ("CreateSecret", "DescribeSecret", "GetSecretValue", "PutSecretValue", "TagResource", "DeleteSecret")


def setting(name):
    return os.environ.get("ZENML_PREFLIGHT_" + name) or None


left = ""  # the name of the secret, while it may exist


def finish(step, **more):
    print(json.dumps({"zenmlPreflight": 1, "step": step, "left": left, **more}), flush=True)
    sys.exit(0)


try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import (
        ClientError, ConnectionError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError,
        NoCredentialsError, SSLError,
    )
except ImportError as missing:
    finish("python", error=str(missing))


def is_denied(error):
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    return "AccessDenied" in code or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403


def may_have_arrived(error):
    """Whether AWS may have executed a call that ended with this error."""
    if isinstance(error, ClientError):
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
    return not isinstance(error, (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, SSLError))


def settle(error, call):
    """Ends the probe with what an error says about the login or the network."""
    if isinstance(error, (ConnectionError, HTTPClientError)):
        finish("connect", call=call, error=str(error))
    if isinstance(error, NoCredentialsError):
        finish("identity", error="")
    if isinstance(error, ClientError) and error.operation_name.startswith("AssumeRole"):
        finish("identity", call=error.operation_name, error=str(error))
    finish("call", call=call, error=str(error))


def session(config):
    made = boto3.Session(region_name=setting("REGION"))
    if made.get_credentials() is None:
        finish("identity", error="")
    role = setting("ROLE")
    if not role:
        return made
    try:
        found = made.client("sts", config=config).assume_role(RoleArn=role, RoleSessionName="zenml-preflight")
    except ClientError as error:
        finish("identity", call=error.operation_name, error=str(error), who=caller(made, config))
    keys = found["Credentials"]
    return boto3.Session(
        region_name=setting("REGION"), aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
    )


def caller(made, config):
    """The role, which only improves messages."""
    try:
        return made.client("sts", config=config).get_caller_identity()["Arn"]
    except Exception:
        return ""


def use(client, name):
    """Makes the server's calls with a secret, and returns those that are denied. The
    secret is deleted whatever happens."""
    global left
    secret, tags = {"SecretId": name}, [{"Key": "zenml-preflight", "Value": "true"}]
    calls = {
        "CreateSecret": lambda: client.create_secret(Name=name, SecretString="{}", Tags=tags),
        "DescribeSecret": lambda: client.describe_secret(**secret),
        "GetSecretValue": lambda: client.get_secret_value(**secret),
        "PutSecretValue": lambda: client.put_secret_value(SecretString="{}", **secret),
        "TagResource": lambda: client.tag_resource(Tags=tags, **secret),
        "DeleteSecret": lambda: client.delete_secret(ForceDeleteWithoutRecovery=True, **secret),
    }
    denied, failed, made = [], None, False
    for call in CALLS:
        if failed and call != "DeleteSecret":
            continue
        try:
            calls[call]()
            made = call == "CreateSecret" or made and call != "DeleteSecret"
            left = name if made else ""
        except ClientError as error:
            if call == "CreateSecret" and may_have_arrived(error):
                left = name
            if call == "DeleteSecret" and error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                left = ""
            if is_denied(error) and not error.operation_name.startswith("AssumeRole"):
                denied.append(call)
            elif made or call != "DeleteSecret":
                failed = failed or (error, call)
        except Exception as error:  # also of answers that botocore does not understand
            if call == "CreateSecret" and may_have_arrived(error):
                left = name
            failed = failed or (error, call)
        if call == "CreateSecret" and not made and not failed:
            break  # the other calls need the secret
    if failed and not denied:
        settle(*failed)
    return denied


def main():
    config = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 3})
    try:
        made = session(config)
        client = made.client("secretsmanager", endpoint_url=setting("ENDPOINT"), config=config)
    except Exception as error:
        settle(error, "AssumeRole")
    denied = use(client, setting("NAME"))
    finish("done", denied=denied, who=caller(made, config))


main()
