"""Parquet's own key tools over a party's key folder, as its own programs would use them.

    key_tools.py open FILE KEYS                       prints the rows as JSON, one a line
    key_tools.py seal CSV OUT KEYS CONFIGURATION      seals a CSV; CONFIGURATION is pyarrow's, as JSON
    key_tools.py write OUT                            a Parquet file in clear, of every type there is
    key_tools.py same A B                             whether two Parquet files hold equal values
"""

import base64
import json
import os
import secrets
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def key_file(keys, key_id):
    plain = lambda c: c.isascii() and c.isalnum() or c in "_-"
    name = "".join(c if plain(c) else f"%{ord(c):x}" for c in key_id)
    return os.path.join(keys, "master", f"{name}.key")


class FileKms(pe.KmsClient):
    """The `file:` back end: base64(nonce ‖ ciphertext ‖ tag), AES-256-GCM, the key's id as AAD."""

    def __init__(self, keys):
        pe.KmsClient.__init__(self)
        self.keys = keys

    def cipher(self, key_id):
        with open(key_file(self.keys, key_id)) as file:
            return AESGCM(bytes.fromhex(file.read().strip()))

    def wrap_key(self, key_bytes, master_key_identifier):
        nonce = secrets.token_bytes(12)
        aad = master_key_identifier.encode()
        sealed = self.cipher(master_key_identifier).encrypt(nonce, key_bytes, aad)
        return base64.b64encode(nonce + sealed)

    def unwrap_key(self, wrapped_key, master_key_identifier):
        sealed = base64.b64decode(wrapped_key)
        aad = master_key_identifier.encode()
        return self.cipher(master_key_identifier).decrypt(sealed[:12], sealed[12:], aad)


def factory(keys):
    return pe.CryptoFactory(lambda _configuration: FileKms(keys))


def make_key(keys, key_id):
    path = key_file(keys, key_id)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_bytes(32).hex() + "\n")


def open_sealed(path, keys):
    properties = factory(keys).file_decryption_properties(
        pe.KmsConnectionConfig(), pe.DecryptionConfiguration()
    )
    table = pq.ParquetFile(path, decryption_properties=properties).read()
    for row in table.to_pylist():
        print(json.dumps({name: None if value is None else str(value) for name, value in row.items()}))


def seal(source, out, keys, configuration):
    given = json.loads(configuration)
    for key_id in [given["footer_key"], *given.get("column_keys", [])]:
        make_key(keys, key_id)
    table = pyarrow.csv.read_csv(source)
    properties = factory(keys).file_encryption_properties(
        pe.KmsConnectionConfig(), pe.EncryptionConfiguration(**given), parquet_file_path=out
    )
    with pq.ParquetWriter(out, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table, row_group_size=25)


def write(out):
    rows = 3000
    ids = [f"p{n % 700}" for n in range(rows)]
    some = lambda make: [None if n % 7 == 3 else make(n) for n in range(rows)]
    start = datetime(2026, 1, 1, 12)
    east = timezone(timedelta(hours=2))
    table = pa.table({
        "id": pa.array(ids),
        "large": pa.array(some(str), pa.large_string()),
        "view": pa.array(some(str), pa.string_view()),
        "coded": pa.array(some(lambda n: "abc"[n % 3])).dictionary_encode(),
        "truth": pa.array(some(lambda n: n % 2 == 0)),
        "i8": pa.array(some(lambda n: n % 100 - 50), pa.int8()),
        "i64": pa.array(some(lambda n: n * 10**14), pa.int64()),
        "u64": pa.array(some(lambda n: 2**63 + n), pa.uint64()),
        "f32": pa.array(some(lambda n: n / 2), pa.float32()),
        "f64": pa.array(some(lambda n: n / 3), pa.float64()),
        "amount": pa.array(some(lambda n: n / 4), pa.float64()),
        "dec": pa.array(some(lambda n: Decimal(n) / 100), pa.decimal128(20, 2)),
        "day": pa.array(some(lambda n: date(2026, 1, 1) + timedelta(days=n)), pa.date32()),
        "midnight": pa.array(some(lambda n: date(2026, 1, 1) + timedelta(days=n)), pa.date64()),
        "second": pa.array(some(lambda n: start + timedelta(seconds=n)), pa.timestamp("s")),
        "micro": pa.array(some(lambda n: start + timedelta(microseconds=n)), pa.timestamp("us")),
        "nano": pa.array(some(lambda n: 10**18 + n), pa.timestamp("ns")),
        "zoned": pa.array(
            some(lambda n: datetime(2026, 1, 1, 12, tzinfo=east) + timedelta(hours=n)),
            pa.timestamp("us", tz="Europe/Luxembourg"),
        ),
        "nothing": pa.nulls(rows),
        "no_text": pa.array([None] * rows, pa.string()),
        "blob": pa.array(some(lambda n: bytes([n % 256])), pa.binary()),
        "noon": pa.array(some(lambda n: (datetime.min + timedelta(seconds=n)).time()), pa.time64("us")),
        "a.b \u00e9\"": pa.array(some(lambda n: n)),
    })
    pq.write_table(table, out, row_group_size=400)


def same(a, b):
    """Equal names, order and values; types may differ where one cast brings them together."""
    left, right = pq.read_table(a), pq.read_table(b)
    if left.column_names != right.column_names:
        sys.exit(f"columns differ: {left.column_names} and {right.column_names}")
    if left.num_rows != right.num_rows:
        sys.exit(f"{left.num_rows} rows and {right.num_rows}")
    for name in left.column_names:
        mine, theirs = left[name], right[name]
        if pa.types.is_dictionary(mine.type):
            mine = mine.cast(mine.type.value_type)
        if mine.type != theirs.type:
            print(f"{name}: {mine.type} came back as {theirs.type}")
            if pa.types.is_floating(mine.type) and pa.types.is_decimal(theirs.type):
                theirs = theirs.cast(mine.type)
            mine = mine.cast(theirs.type)
        if not mine.equals(theirs):
            sys.exit(f"{name} differs")


if __name__ == "__main__":
    {"open": open_sealed, "seal": seal, "write": write, "same": same}[sys.argv[1]](*sys.argv[2:])
