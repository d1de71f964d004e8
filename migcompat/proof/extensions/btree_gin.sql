-- Operator classes without keys: an index can be made over any of these types, and no plan uses it. See pg_trgm.

CREATE FUNCTION btree_gin_no_keys(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'void_in';
CREATE FUNCTION btree_gin_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';
CREATE FUNCTION gin_enum_cmp(anyenum, anyenum) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'enum_cmp';
CREATE FUNCTION gin_numeric_cmp(numeric, numeric) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'numeric_cmp';

DO $$
DECLARE
    class record;
BEGIN
    FOR class IN
        SELECT * FROM (VALUES
            ('int2_ops', 'int2', 'int2'), ('int4_ops', 'int4', 'int4'), ('int8_ops', 'int8', 'int8'), ('float4_ops', 'float4', 'float4'),
            ('float8_ops', 'float8', 'float8'), ('money_ops', 'money', 'money'), ('oid_ops', 'oid', 'oid'), ('numeric_ops', 'numeric', 'numeric'),
            ('timestamp_ops', 'timestamp', 'timestamp'), ('timestamptz_ops', 'timestamptz', 'timestamptz'), ('time_ops', 'time', 'time'),
            ('timetz_ops', 'timetz', 'timetz'), ('date_ops', 'date', 'date'), ('interval_ops', 'interval', 'interval'),
            ('macaddr_ops', 'macaddr', 'macaddr'), ('macaddr8_ops', 'macaddr8', 'macaddr8'), ('inet_ops', 'inet', 'inet'),
            ('cidr_ops', 'cidr', 'inet'), ('text_ops', 'text', 'text'), ('varchar_ops', 'varchar', 'text'), ('bpchar_ops', 'bpchar', 'bpchar'),
            ('char_ops', '"char"', '"char"'), ('name_ops', 'name', 'name'), ('bytea_ops', 'bytea', 'bytea'), ('bit_ops', 'bit', 'bit'),
            ('varbit_ops', 'varbit', 'varbit'), ('bool_ops', 'bool', 'bool'), ('enum_ops', 'anyenum', 'anyenum'), ('uuid_ops', 'uuid', 'uuid')
        ) AS classes(name, type, compared)
    LOOP
        EXECUTE pg_catalog.format(
            'CREATE OPERATOR CLASS %1$s DEFAULT FOR TYPE pg_catalog.%2$s USING gin AS '
            'OPERATOR 1 pg_catalog.< (pg_catalog.%3$s, pg_catalog.%3$s), OPERATOR 2 pg_catalog.<= (pg_catalog.%3$s, pg_catalog.%3$s), '
            'OPERATOR 3 pg_catalog.= (pg_catalog.%3$s, pg_catalog.%3$s), OPERATOR 4 pg_catalog.>= (pg_catalog.%3$s, pg_catalog.%3$s), '
            'OPERATOR 5 pg_catalog.> (pg_catalog.%3$s, pg_catalog.%3$s), '
            'FUNCTION 2 btree_gin_no_keys(internal), FUNCTION 3 btree_gin_no_keys(internal), FUNCTION 4 btree_gin_perhaps(internal), STORAGE int4',
            class.name, class.type, class.compared
        );
    END LOOP;
END
$$;
