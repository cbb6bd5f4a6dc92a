-- 128 bits as 32 hexadecimal digits.
CREATE FUNCTION hex_of(bits bit(128)) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lpad(to_hex(substring(bits FROM 1 FOR 64)::bit(64)::bigint), 16, '0')
        || lpad(to_hex(substring(bits FROM 65 FOR 64)::bit(64)::bigint), 16, '0')
$$;
