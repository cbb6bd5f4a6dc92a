-- The public keys that receipts were ever signed with: a receipt is checked long after its secret
-- has been replaced.
CREATE TABLE receipt_keys (
    key           text        PRIMARY KEY,
    first_used_at timestamptz NOT NULL,
    CONSTRAINT a_receipt_key_is_32_bytes_in_hexadecimal CHECK (key ~ '^[0-9a-f]{64}$')
);
