"""DuckDB over a world's Parquet files: reads the number of a question a line, runs it, says done.

usage: duck.py WORLD QUESTIONS.json THREADS
"""

import json
import os
import re
import sys

import duckdb


def spelt(sql):
    """The question in DuckDB's spelling of the functions that differ."""
    sql = re.sub(
        r"date_bin\((INTERVAL '[^']*'), ([a-z_.]+), (TIMESTAMP '[^']*')\)",
        r"time_bucket(\1, \2, \3)",
        sql,
    )
    return sql.replace("approx_percentile_cont(", "approx_quantile(")


def main():
    world, questions, threads = sys.argv[1:4]
    peer = duckdb.connect()
    peer.execute(f"SET threads = {int(threads)}")
    for party in sorted(os.listdir(world)):
        folder = os.path.join(world, party)
        if party.startswith(".") or not os.path.isdir(folder):
            continue
        tables = [name for name in sorted(os.listdir(folder)) if name.endswith(".parquet")]
        if tables:
            peer.execute(f"CREATE SCHEMA {party}")
        for name in tables:
            path = os.path.join(folder, name)
            table = name.removesuffix(".parquet")
            peer.execute(f"CREATE VIEW {party}.{table} AS SELECT * FROM '{path}'")
    with open(questions) as file:
        asked = json.load(file)
    for view, sql in asked["views"]:
        schema = view.split(".")[0]
        peer.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        peer.execute(f"CREATE VIEW {view} AS {spelt(sql)}")
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            peer.execute(spelt(asked["questions"][int(line)])).fetchall()
            print("done", flush=True)
        except duckdb.Error as error:
            print(f"question {line.strip()}: {error}", file=sys.stderr, flush=True)
            print("failed", flush=True)


main()
