#!/usr/bin/env python3
"""Holds rendered outputs against the validators of those who read them.

usage: validators.py FOLDER    where FOLDER holds files called `<name>.<output>`

Needs `ocsf-json-schema`, `jsonschema`, `stix2-validator` and `pymisp`; SARIF_SCHEMA and ECS_VALIDATOR name files that are used
where they are there. Whatever is missing is told, and skipped.
"""

import csv
import io
import json
import os
import pathlib
import re
import sys

wrong = []
checked = {}


def complain(path, what):
    wrong.append(f"{path.name}: {what}")


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def skip(what):
    print(f"SKIPPED: {what}", file=sys.stderr)


def ocsf(paths):
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    classes = {2004: "detection_finding", 4002: "http_activity"}
    validators = {}
    for version in ("1.5.0", "1.8.0"):
        schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        for uid, name in classes.items():
            whole = schema.get_class_schema(class_name=name, profiles=[])
            validators[version, uid] = jsonschema.Draft202012Validator(whole)
    for path in paths:
        for finding in lines(path):
            # What is stamped 1.5.0 holds in 1.8.0 as well.
            stamp = finding["metadata"]["version"]
            wanted = {"1.5.0": ("1.5.0", "1.8.0"), "1.8.0": ("1.8.0",)}.get(stamp, ())
            if not wanted or (stamp == "1.8.0") != ("1-8." in path.name):
                complain(path, f"OCSF: stamped {stamp}")
            for version in wanted:
                for error in list(validators[version, finding["class_uid"]].iter_errors(finding))[:3]:
                    complain(path, f"OCSF {version}: {error.json_path}: {error.message[:200]}")


def sarif(paths):
    import jsonschema

    schema = os.environ.get("SARIF_SCHEMA")
    if not schema:
        return skip("no SARIF schema (SARIF_SCHEMA)")
    validator = jsonschema.Draft7Validator(json.loads(pathlib.Path(schema).read_text(encoding="utf-8")))
    for path in paths:
        for error in list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8"))))[:3]:
            complain(path, f"SARIF: {error.json_path}: {error.message[:200]}")


def stix(paths):
    from stix2validator import ValidationOptions, validate_file

    for path in paths:
        result = validate_file(str(path), ValidationOptions(version="2.1"))
        for one in result.object_results if not result.is_valid else []:
            for error in one.errors[:3]:
                complain(path, f"STIX: {one.object_id}: {str(error)[:200]}")


def ecs_program():
    """The validator as a function from a document to what is wrong with it; its list of fields is read once."""
    validator = os.environ.get("ECS_VALIDATOR")
    if not validator:
        return skip("no ECS validator (ECS_VALIDATOR)")
    import contextlib
    import tempfile

    import yaml

    program = compile(pathlib.Path(validator).read_text(encoding="utf-8"), validator, "exec")
    fields = str(pathlib.Path(validator).parent / "ecs_flat.yml")
    load, read = yaml.load, {}

    def once(stream, Loader):
        if stream.name not in read:
            read[stream.name] = load(stream, Loader=Loader)
        return read[stream.name]

    def validate(document):
        said = io.StringIO()
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as single:
            single.write(json.dumps(document))
            single.flush()
            sys.argv, yaml.load = [validator, fields, single.name, "gatehound"], once
            try:
                with contextlib.redirect_stdout(said):
                    exec(program, {"__name__": "__main__"})
            except SystemExit as end:
                return said.getvalue() if end.code else ""
            finally:
                yaml.load = load
        return "it did not come to an end"

    return validate


def ecs(paths, documents=lines):
    validate = ecs_program()
    for path in paths if validate else []:
        for nth, document in enumerate(documents(path)):
            wrong_with_it = validate(document)
            if wrong_with_it:
                complain(path, f"ECS, document {nth}: {wrong_with_it[-300:]}")


def bulk(paths):
    for path in paths:
        if any(set(action) != {"create"} for action in lines(path)[::2]):
            complain(path, "an action that is not `create`")
    ecs(paths, lambda path: lines(path)[1::2])


def misp(paths):
    import jsonschema
    import pymisp

    schema = pathlib.Path(pymisp.__file__).parent / "data" / "schema.json"
    validator = jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for error in list(validator.iter_errors(json.loads(text)))[:3]:
            complain(path, f"MISP: {error.json_path}: {error.message[:200]}")
        event = pymisp.MISPEvent()
        event.load(text)
        given = len(json.loads(text)["Event"]["Attribute"])
        if len(event.attributes) != given or given == 0:
            complain(path, f"MISP: {given} attributes, {len(event.attributes)} loaded")


CEF_KEY = re.compile(r"(?:^| )([A-Za-z0-9]+)=")


def cef(paths):
    for path in paths:
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            event = line[line.index("CEF:0|"):]
            header = re.split(r"(?<!\\)\|", event, maxsplit=7)
            if len(header) != 8 or not header[6].isdigit() or not 0 <= int(header[6]) <= 10:
                complain(path, f"CEF header: {event[:120]}")
                continue
            plain = header[7].replace("\\\\", "").replace("\\=", "")
            keys = CEF_KEY.findall(plain)
            if len(keys) != len(set(keys)) or "=" in CEF_KEY.sub(" ", plain):
                complain(path, f"CEF extension: {keys}")


def leef(paths):
    for path in paths:
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            header = line.split("|", 6)
            if len(header) != 7 or header[0] != "LEEF:2.0" or header[5] != "x09":
                complain(path, f"LEEF header: {line[:120]}")
            elif any("=" not in pair for pair in header[6].split("\t")):
                complain(path, "LEEF attribute without a value")


SYSLOG = re.compile(
    r'<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z - \S+ - \S+ '
    r'(-|\[\S+( [a-z_]+="([^"\\\]]|\\["\\\]])*")+\]) .+'
)


def syslog(paths):
    for path in paths:
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            if not SYSLOG.fullmatch(line):
                complain(path, f"RFC 5424: {line[:200]}")


def table(paths):
    for path in paths:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        if len({len(row) for row in rows}) != 1:
            complain(path, "rows of different lengths")
        for cell in (cell for row in rows[1:] for cell in row):
            if cell[:1] in ("=", "+", "-", "@"):
                complain(path, f"a cell that calculates: {cell[:60]}")


def json_lines(paths):
    for path in paths:
        if not all(isinstance(one, dict) for one in lines(path)):
            complain(path, "a line that is no object")


def array(paths):
    for path in paths:
        for alert in json.loads(path.read_text(encoding="utf-8")):
            missing = {"EventType", "EventUid", "EventSchema", "EventSchemaVersion", "EventCount", "EventStartTime",
                       "EventEndTime", "EventVendor", "EventProduct", "EventResult"} - set(alert)
            if missing or alert["EventSeverity"] not in ("Informational", "Low", "Medium", "High"):
                complain(path, f"ASIM: {missing} {alert.get('EventSeverity')}")


CHECKS = {
    "ocsf": ocsf, "sarif": sarif, "stix": stix, "ecs": ecs, "cef": cef, "syslog-cef": cef, "leef": leef,
    "syslog": syslog, "csv": table, "splunk-hec": json_lines, "elastic-bulk": bulk, "udm": json_lines,
    "otlp": json_lines, "asim": array, "misp": misp,
}


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, check in CHECKS.items():
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(f".{name}"))
        checked[name] = len(paths)
        try:
            check(paths)
        except ModuleNotFoundError as missing:
            skip(f"{name}: {missing}")
    for line in wrong[:40]:
        print(line)
    print(f"{sum(checked.values())} files, {len(wrong)} complaints")
    return 1 if wrong or not any(checked.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
