"""What probes ask of the catalogues: PostgreSQL 13 to 18. Objects of extensions and of the system are left out."""

from __future__ import annotations

_OWN_SCHEMAS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
_OWN = f"(SELECT oid FROM pg_namespace WHERE {_OWN_SCHEMAS})"
_OF_EXTENSION = "EXISTS (SELECT FROM pg_depend AS of WHERE of.classid = '{0}'::regclass AND of.objid = {1}.oid AND of.deptype = 'e')"
_MINE = f"c.relnamespace IN {_OWN} AND c.relpersistence <> 't' AND NOT " + _OF_EXTENSION.format("pg_class", "c")

_GRANTEES = "ARRAY(SELECT DISTINCT pg_get_userbyid(grantee)::text FROM aclexplode({0}) WHERE grantee <> 0 AND grantee <> {1} ORDER BY 1)"

TYPES = """
    SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typbasetype, t.typtypmod, t.typelem,
        ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
        ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c' ORDER BY oid),
        CASE WHEN n.nspname = 'pg_catalog' THEN format_type(t.oid, NULL) ELSE format('%I.%I', n.nspname, t.typname) END,
        t.typnotnull, t.typdefault IS NOT NULL, n.nspname
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
"""

COLUMNS = f"""
    SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attcollation::int8, a.attnotnull, a.atthasdef AND a.attgenerated = '',
        a.attidentity, a.attgenerated
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_MINE} ORDER BY a.attrelid, a.attnum
"""

_NAMES = """ARRAY(
        SELECT attname::text FROM unnest({0}) WITH ORDINALITY AS listed (n, at)
        JOIN pg_attribute ON attrelid = {1} AND attnum = n ORDER BY at
    )"""

KEYS = f"""
    SELECT k.conrelid, k.conname, k.contype, {_NAMES.format("k.conkey", "k.conrelid")},
        CASE k.contype WHEN 'c' THEN pg_get_constraintdef(k.oid)
            WHEN 'f' THEN pg_get_constraintdef(k.oid)
            ELSE array_to_string(ARRAY(SELECT pg_get_indexdef(k.conindid, n, true) FROM generate_series(1, i.indnkeyatts) AS n), ', ') END,
        pg_get_expr(i.indpred, i.indrelid), k.confrelid, {_NAMES.format("k.confkey", "k.confrelid")}, coalesce(i.indimmediate, true),
        k.condeferrable
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    LEFT JOIN pg_index AS i ON i.indexrelid = k.conindid AND k.contype <> 'f'
    WHERE k.contype IN ('p', 'u', 'x', 'c', 'f') AND {_MINE}
    UNION ALL
    SELECT i.indrelid, x.relname, 'i', {_NAMES.format("i.indkey::int2[]", "i.indrelid")},
        array_to_string(ARRAY(SELECT CASE WHEN i.indkey[n - 1] = 0 THEN '(' || pg_get_indexdef(i.indexrelid, n, true) || ')'
            ELSE pg_get_indexdef(i.indexrelid, n, true) END FROM generate_series(1, i.indnkeyatts) AS n), ', '),
        pg_get_expr(i.indpred, i.indrelid), NULL, NULL, i.indimmediate, false
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indisunique AND i.indisvalid
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
    AND {_MINE}
    ORDER BY 1, 2
"""

RELATIONS = f"""
    SELECT c.oid, n.nspname, c.relname, c.relkind,
        CASE WHEN c.relkind IN ('r', 'p', 'v', 'f') THEN pg_relation_is_updatable(c.oid, false) ELSE 0 END, c.relispopulated,
        ARRAY(SELECT format('%s.%s', s.nspname, p.relname) FROM pg_inherits AS h JOIN pg_class AS p ON p.oid = h.inhrelid
            JOIN pg_namespace AS s ON s.oid = p.relnamespace WHERE h.inhparent = c.oid AND p.relpartbound IS NOT NULL ORDER BY p.oid),
        ARRAY(SELECT pg_get_expr(p.relpartbound, p.oid) FROM pg_inherits AS h JOIN pg_class AS p ON p.oid = h.inhrelid
            WHERE h.inhparent = c.oid AND p.relpartbound IS NOT NULL ORDER BY p.oid),
        pg_get_expr(c.relpartbound, c.oid),
        ARRAY(SELECT unnest(ARRAY[format('%s.%s.%s', s.nspname, t.relname, a.attname), format('%s.%s', s.nspname, t.relname)])
            FROM pg_depend AS d JOIN pg_class AS t ON t.oid = d.refobjid JOIN pg_namespace AS s ON s.oid = t.relnamespace
            JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i')),
        ARRAY(SELECT DISTINCT d.refobjid::int8 FROM pg_rewrite AS r
            JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            WHERE r.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid),
        ARRAY(SELECT DISTINCT pg_get_userbyid(acl.grantee)::text FROM (
            SELECT c.relacl AS held UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL
        ) AS given CROSS JOIN LATERAL aclexplode(given.held) AS acl WHERE acl.grantee <> 0 AND acl.grantee <> c.relowner ORDER BY 1)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {_MINE} ORDER BY c.oid
"""

BEHAVIOUR = f"""
    SELECT c.oid, concat_ws(' ', c.relowner, c.relacl, c.relreplident, c.relrowsecurity, c.relforcerowsecurity,
        pg_get_expr(c.relpartbound, c.oid),
        ARRAY(SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL ORDER BY attnum),
        ARRAY(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid ORDER BY adnum),
        ARRAY(SELECT (pg_get_triggerdef(oid), tgenabled)::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal ORDER BY oid),
        ARRAY(SELECT (pg_get_ruledef(oid), ev_enabled)::text FROM pg_rewrite WHERE ev_class = c.oid ORDER BY oid),
        ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = c.oid AND (indexprs IS NOT NULL OR indpred IS NOT NULL) ORDER BY indexrelid),
        ARRAY(SELECT (polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text
            FROM pg_policy WHERE polrelid = c.oid ORDER BY oid))
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {_MINE}
"""

CODE = f"""
    SELECT
        (SELECT md5(string_agg(
            concat_ws(' ', oid, proname, pronamespace, prosrc, to_jsonb(p) ->> 'prosqlbody', proacl, proowner, proconfig), ' ' ORDER BY oid
        )) FROM pg_proc AS p WHERE pronamespace IN {_OWN}),
        md5(concat_ws(' ',
            (SELECT string_agg(concat_ws(' ', oid, typnotnull, typdefault), ' ' ORDER BY oid)
                FROM pg_type WHERE typtype = 'd' AND oid >= 16384),
            (SELECT string_agg(concat_ws(' ', oid, typacl), ' ' ORDER BY oid) FROM pg_type WHERE typacl IS NOT NULL AND oid >= 16384),
            (SELECT string_agg(concat_ws(' ', oid, nspname, nspacl, nspowner), ' ' ORDER BY oid) FROM pg_namespace WHERE {_OWN_SCHEMAS}),
            (SELECT string_agg(concat_ws(' ', oid, castsource, casttarget), ' ' ORDER BY oid) FROM pg_cast WHERE oid >= 16384),
            (SELECT string_agg(p::text, ' ' ORDER BY oid) FROM pg_publication AS p),
            (SELECT string_agg(p::text, ' ' ORDER BY oid) FROM pg_publication_rel AS p)))
"""

CALLERS = """
    SELECT DISTINCT uses.relation FROM (
        SELECT tgrelid AS relation, tgfoid AS routine FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT adrelid, refobjid FROM pg_depend JOIN pg_attrdef AS a ON classid = 'pg_attrdef'::regclass AND objid = a.oid
        WHERE refclassid = 'pg_proc'::regclass
        UNION ALL
        SELECT conrelid, refobjid FROM pg_depend JOIN pg_constraint AS k ON classid = 'pg_constraint'::regclass AND objid = k.oid
        WHERE refclassid = 'pg_proc'::regclass
        UNION ALL
        SELECT polrelid, refobjid FROM pg_depend JOIN pg_policy AS p ON classid = 'pg_policy'::regclass AND objid = p.oid
        WHERE refclassid = 'pg_proc'::regclass
        UNION ALL
        SELECT ev_class, refobjid FROM pg_depend JOIN pg_rewrite AS r ON classid = 'pg_rewrite'::regclass AND objid = r.oid
        WHERE refclassid = 'pg_proc'::regclass
        UNION ALL
        SELECT indrelid, refobjid FROM pg_depend JOIN pg_index AS i ON classid = 'pg_class'::regclass AND objid = i.indexrelid
        WHERE refclassid = 'pg_proc'::regclass
    ) AS uses WHERE uses.routine >= 16384
"""

ROUTINES = f"""
    SELECT p.oid, n.nspname, p.proname, p.prokind, p.proargtypes::oid[]::int8[], p.pronargdefaults, p.provariadic <> 0,
        format('%s.%s(%s)', n.nspname, p.proname,
            array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, at) ORDER BY at), ', ')),
        CASE WHEN p.proretset OR (SELECT typtype FROM pg_type WHERE oid = p.prorettype) = 'p' THEN NULL ELSE p.prorettype END,
        (SELECT extname FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'),
        {_GRANTEES.format("p.proacl", "p.proowner")}
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.pronamespace IN {_OWN} AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
    AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS a WHERE a IN ('internal'::regtype, 'cstring'::regtype))
    ORDER BY p.oid
"""

NAMED_TYPES = f"""
    SELECT t.oid, n.nspname, t.typname,
        ARRAY(SELECT attname::text FROM pg_attribute
            WHERE attrelid = t.typrelid AND t.typtype = 'c' AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.typnamespace IN {_OWN} AND t.typtype IN ('e', 'd', 'c', 'r') AND coalesce(c.relkind, 'c') = 'c' AND t.typisdefined
    AND NOT {_OF_EXTENSION.format("pg_type", "t")} ORDER BY t.oid
"""

SCHEMAS = f"SELECT nspname FROM pg_namespace WHERE {_OWN_SCHEMAS} AND has_schema_privilege(oid, 'USAGE') ORDER BY 1"
COLLATIONS = f"""
    SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
    WHERE c.collnamespace IN {_OWN} ORDER BY 1
"""
